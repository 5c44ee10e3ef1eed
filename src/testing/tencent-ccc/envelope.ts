import type { VendorAnswer } from "../vendor.js";

/** Answers and refusals alike come with HTTP 200, in a `Response` with a request id. */
export const tencentAnswer = (operation: string, content: () => object, requestId: string, refusal: string | null): VendorAnswer => ({
  status: 200,
  contentType: "application/json",
  body: () => JSON.stringify({ Response: { ...content(), RequestId: requestId } }),
  operation,
  refusal,
});
