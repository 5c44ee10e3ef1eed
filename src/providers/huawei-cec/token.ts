import { z } from "zod";
import type { Auth, TokenResponse } from "../../contract/auth.js";
import { wireText } from "../../contract/wire.js";
import { TOKEN_TTL } from "./limits.js";

/** The settings of the token request. */
interface TokenCredentials {
  authEndpoint: string;
  appKey: string;
  appSecret: string;
  ttlSeconds: number;
}

/** The response of the token service: a flat object of strings. `Expires` is a duration in seconds. */
const tokenResponse = z
  .object({ AccessToken: wireText, Expires: z.unknown().optional() })
  .transform(({ AccessToken, Expires }): TokenResponse => ({ token: AccessToken, ttlSeconds: readTtl(Expires) }));

/** Returns the validity in seconds; null if the value is not a duration, in which case the requested validity applies. */
function readTtl(value: unknown): number | null {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Math.floor(Number(text)) : 0;
  // Documented: no token is valid for longer. A larger value could also exceed the range of a Date.
  return seconds > 0 ? Math.min(seconds, TOKEN_TTL.maximum) : null;
}

/** Authenticates with bearer tokens from `tokenByAkSk`. All accounts with the same application and token service share a token. */
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
      // Not documented: the response to wrong credentials. The token request contains nothing else that could be wrong.
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
