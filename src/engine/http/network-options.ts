import { Agent as HttpAgent } from "node:http";
import { z } from "zod";
import { PROXY_RULE, readProxyUrl } from "./proxy-url.js";
import { readCertificates } from "./trusted-certificates.js";

/** The way to the vendors, the same for all of them. Certificates are always checked: no option of this library switches that off. */
export interface NetworkOptions {
  /**
   * URL of an HTTP proxy, `http:` or `https:`, with user and password where it wants them: `http://user:password@proxy.example:3128`. All
   * https requests go through tunnels (CONNECT) of it. Default: what the environment says (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`);
   * `false`: none. Loopback is never sent to a proxy.
   */
  proxy?: string | false | undefined;
  /**
   * An agent of yours for all https requests: one of `node:https`, or one that extends `http.Agent`, such as those of proxy-agent
   * libraries. It brings its own proxy and certificates: `proxy` and `ca` may not be given along with it, and the environment's proxy is not
   * looked at. It stays yours: `close()` does not destroy it.
   */
  agent?: HttpAgent | undefined;
  /**
   * Certificates (PEM, one or several in each) of authorities that are trusted in addition to the usual ones: for a company's TLS inspection,
   * and for a proxy whose own URL is `https:`. Before Node 22.15 they take the place of those of `NODE_EXTRA_CA_CERTS`.
   */
  ca?: string | Buffer | readonly (string | Buffer)[] | undefined;
}

/** The rules of {@link NetworkOptions}, to be spread into a strict object. */
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
    .custom<HttpAgent>(canSendHttps, "must be an agent of node:https, or one that extends http.Agent and speaks TLS")
    .refine(
      checksCertificates,
      "must not have `rejectUnauthorized: false`: certificates are always checked. Trust a private authority by the agent's own `ca`",
    )
    .optional(),
  ca: z
    .custom<string | Buffer | readonly (string | Buffer)[]>(
      isText,
      "must be PEM text, as a string or a Buffer, or an array of such",
    )
    .transform((given, context) => {
      const texts = typeof given === "string" || Buffer.isBuffer(given) ? [given] : given;
      const certificates = texts.map((text) => readCertificates(text.toString()));
      const readable = certificates.filter((found) => found !== null);
      if (readable.length > 0 && readable.length === certificates.length) return readable.flat();
      context.issues.push({
        code: "custom",
        message: "must hold certificates in PEM (-----BEGIN CERTIFICATE-----) that can be read",
        input: undefined,
      });
      return z.NEVER;
    })
    .optional(),
};

/** Refuses what an agent brings along by itself. */
export function agentStandsAlone(
  options: { proxy?: unknown; agent?: unknown; ca?: unknown },
  context: z.RefinementCtx,
): void {
  if (options.agent === undefined) return;
  for (const name of ["proxy", "ca"] as const) {
    if (options[name] !== undefined)
      context.addIssue({
        code: "custom",
        path: ["agent"],
        message: `must not be given along with \`${name}\`: an agent has its own`,
      });
  }
}

/** What Node asks of an agent, and not the one class that sends no https. Agents of older libraries extend no class of Node's. */
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
