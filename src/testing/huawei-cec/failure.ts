import type { VendorResponse } from "../vendor.js";

export const UNAUTHORIZED =
  "Unauthorized operation. 1. Check whether you have purchased related services. 2. Contact customer service to check the status of your account.";

/** Returns a refusal. Only its status is documented, not its body. */
export const huaweiFailure = (operation: string, status: number, message: string): VendorResponse => ({
  status,
  body: JSON.stringify({ retCode: String(status), retMsg: message }),
  operation,
  refusal: String(status),
});
