import { createHash } from "node:crypto";
import type { Auth } from "../../contract/auth.js";

/** The vendor's signature: neither the body nor the path is part of it. MD5 is the vendor's choice. */
function signatureOf(apiKey: string, apiSecret: string, timestamp: string): string {
  return createHash("md5").update(`${apiKey}${apiSecret}${timestamp}`).digest("hex");
}

/** Signs every attempt afresh: the vendor refuses a timestamp that has aged (status -16). */
export function signAuth(apiKey: string, apiSecret: string): Auth {
  return {
    authorize(request, { now }) {
      const timestamp = String(Math.floor(now.getTime() / 1000));
      const authContext = { "Api-Key": apiKey, Timestamp: timestamp, Sign: signatureOf(apiKey, apiSecret, timestamp) };
      return { ...request, headers: { ...request.headers, ...authContext } };
    },
  };
}
