import { Agent as HttpAgent } from "node:http";
import { z } from "zod";
import { PROXY_RULE, readProxyUrl } from "./proxy-url.js";
import { readCertificates } from "./trusted-certificates.js";

/** The network settings for all vendors. Certificates are always checked: no option of this library disables that. */
export interface NetworkOptions {
  /**
   * URL of an HTTP proxy, `http:` or `https:`, with user and password where the proxy needs them: `http://user:password@proxy.example:3128`. All https requests
   * use its tunnels (CONNECT). Default: the proxy of the environment (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`); `false`: none. Requests to loopback hosts never use
   * a proxy.
   */
  proxy?: string | false | undefined;
  /**
   * Your own agent for all https requests: one of `node:https`, or one that extends `http.Agent`, such as those of proxy-agent libraries. It has its own proxy
   * and certificates: `proxy` and `ca` must not be set with it, and the environment's proxy is ignored. `close()` does not destroy it.
   */
  agent?: HttpAgent | undefined;
  /**
   * Certificates (PEM, one or more in each text) of authorities that are trusted in addition to the usual ones, such as for TLS inspection, or for a proxy whose
   * URL is `https:`. Before Node 22.15, they replace those of `NODE_EXTRA_CA_CERTS`.
   */
  ca?: string | Buffer | readonly (string | Buffer)[] | undefined;
}

/** The schemas of {@link NetworkOptions}, for a strict object. */
export const networkShape = {
  proxy: z
    .custom<string | false>((value) => value === false || typeof value === "string", `${PROXY_RULE}, or false`)
    .transform((given, context) => {
      const read = given !== false && readProxyUrl(given);
      if (read !== null) return read;
      context.issues.push({ code: "custom", message: PROXY_RULE, input: undefined });
      return z.NEVER;
    })
    .optional(),
  agent: z
    .custom<HttpAgent>(canSendHttps, "must be an agent of node:https, or one that extends http.Agent and supports TLS")
    .refine(
      checksCertificates,
      "must not have `rejectUnauthorized: false`: certificates are always checked. To trust a private authority, set the agent's own `ca`",
    )
    .optional(),
  ca: z
    .custom<string | Buffer | readonly (string | Buffer)[]>(
      isText,
      "must be PEM text, as a string or a Buffer, or an array of these",
    )
    .transform((given, context) => {
      const texts = typeof given === "string" || Buffer.isBuffer(given) ? [given] : given;
      const certificates = texts.map((text) => readCertificates(text.toString()));
      const readable = certificates.filter((found) => found !== null);
      if (readable.length > 0 && readable.length === certificates.length) return readable.flat();
      context.issues.push({
        code: "custom",
        message: "must contain readable certificates in PEM (-----BEGIN CERTIFICATE-----)",
        input: undefined,
      });
      return z.NEVER;
    })
    .optional(),
};

/** Rejects options that an agent has itself. */
export function rejectOptionsOfAgent(
  options: { proxy?: unknown; agent?: unknown; ca?: unknown },
  context: z.RefinementCtx,
): void {
  if (options.agent === undefined) return;
  for (const name of ["proxy", "ca"] as const) {
    if (options[name] !== undefined)
      context.addIssue({
        code: "custom",
        path: ["agent"],
        message: `must not be set together with \`${name}\`, because an agent has its own`,
      });
  }
}

/** Whether Node accepts the value as an agent, and it is not a plain `http.Agent`. Agents of older libraries do not extend Node's classes. */
function canSendHttps(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return (
    "addRequest" in value &&
    typeof value.addRequest === "function" &&
    Object.getPrototypeOf(value) !== HttpAgent.prototype
  );
}

function checksCertificates(agent: object): boolean {
  const options: unknown = "options" in agent ? agent.options : undefined;
  return !(
    typeof options === "object" &&
    options !== null &&
    "rejectUnauthorized" in options &&
    options.rejectUnauthorized === false
  );
}

function isText(value: unknown): boolean {
  return (
    typeof value === "string" ||
    Buffer.isBuffer(value) ||
    (Array.isArray(value) && value.every((one) => typeof one === "string" || Buffer.isBuffer(one)))
  );
}
