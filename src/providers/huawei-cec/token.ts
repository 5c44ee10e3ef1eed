import { z } from "zod";
import type { Auth, TokenResponse } from "../../contract/auth.js";
import { wireText } from "../../contract/wire.js";
import { TOKEN_TTL } from "./limits.js";

/** What a token is fetched with. */
interface TokenCredentials {
  authEndpoint: string;
  appKey: string;
  appSecret: string;
  ttlSeconds: number;
}

/** The answer is flat, and every value in it is a string; `Expires` is a duration in seconds. */
const tokenResponse = z
  .object({ AccessToken: wireText, Expires: z.unknown().optional() })
  .transform(({ AccessToken, Expires }): TokenResponse => ({ token: AccessToken, ttlSeconds: readTtl(Expires) }));

/** Null where it is no duration: then the one that was asked for counts. */
function readTtl(value: unknown): number | null {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Math.floor(Number(text)) : 0;
  // Documented: none lives longer. What is taken for its end must be an instant, whatever is told.
  return seconds > 0 ? Math.min(seconds, TOKEN_TTL.maximum) : null;
}

/** Bearer tokens from `tokenByAkSk`, shared by all who use the same application at the same token service. */
export function tokenAuth({ authEndpoint, appKey, appSecret, ttlSeconds }: TokenCredentials): Auth {
  return {
    token: {
      key: `${authEndpoint}|${appKey}`,
      request: () => ({
        method: "POST",
        url: `${authEndpoint}/apigovernance/api/oauth/tokenByAkSk`,
        headers: { "X-Token-Expire": String(ttlSeconds) },
        body: { app_key: appKey, app_secret: appSecret },
      }),
      responseSchema: tokenResponse,
      defaultTtlSeconds: ttlSeconds,
      // Not documented: what wrong credentials are answered with. A token is asked for with nothing else that could be wrong.
      classify: ({ status }) =>
        status === 400 || status === 401
          ? { type: "fail", error: "authentication", vendorCode: `HTTP ${status}`, message: null }
          : null,
    },
    authorize: (request, { token }) => ({
      ...request,
      headers: {
        ...request.headers,
        "X-APP-Key": appKey,
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
      },
    }),
  };
}
