import type { VendorResponse } from "../vendor.js";

/** Answers and refusals alike come with HTTP 200, in a `Response` with a request id. */
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
