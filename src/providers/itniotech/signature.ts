import { createHash } from "node:crypto";
import type { Auth } from "../../contract/auth.js";

/** Returns the signature. The vendor requires MD5, and signs neither the body nor the path. */
function signatureOf(apiKey: string, apiSecret: string, timestamp: string): string {
  return createHash("md5").update(`${apiKey}${apiSecret}${timestamp}`).digest("hex");
}

/** Signs every attempt with the current time, because the vendor refuses an old timestamp (status -16). */
export function signAuth(apiKey: string, apiSecret: string): Auth {
  return {
    authorize(request, { now }) {
      const timestamp = String(Math.floor(now.getTime() / 1000));
      const headers = { "Api-Key": apiKey, Timestamp: timestamp, Sign: signatureOf(apiKey, apiSecret, timestamp) };
      return { ...request, headers: { ...request.headers, ...headers } };
    },
  };
}
