import type { VendorResponse } from "../vendor.js";

/** Returns a success or a refusal: HTTP 200, and a `Response` with a request id. */
export const tencentResponse = (
  operation: string,
  content: () => object,
  requestId: string,
  refusal: string | null,
): VendorResponse => ({
  status: 200,
  contentType: "application/json",
  body: () => JSON.stringify({ Response: { ...content(), RequestId: requestId } }),
  operation,
  refusal,
});
