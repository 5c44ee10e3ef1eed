import type { URL } from "node:url";
import { NetworkError } from "../../model/errors.js";

/** Node's codes for a rejected certificate. A retry would receive the same certificate. */
const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** The system's codes for too many open files, and the owner of the limit. */
const TOO_MANY_FILES: ReadonlyMap<string, string> = new Map([
  ["EMFILE", "this process"],
  ["ENFILE", "this machine"],
]);

const PROXY_OPTION = "the option `proxy`, or HTTPS_PROXY in the environment";

/** Returns the error for a host that did not respond. Only the original's code is copied, because an HTTP library's error contains credentials. */
export function noResponse(host: string, error: unknown): NetworkError {
  const code = codeOf(error);
  if (CERTIFICATE_CODES.has(code)) return untrusted(host, code);
  if (TOO_MANY_FILES.has(code)) return tooManyFiles(host, code);
  return new NetworkError(`No response from ${host} (${code}). Check the network and the provider's \`endpoint\`.`, {
    vendorCode: code,
    retryable: true,
  });
}

/** Returns the error for a proxy that cannot be reached. */
export function proxyUnreachable(proxy: URL, error: unknown): NetworkError {
  const code = codeOf(error);
  if (CERTIFICATE_CODES.has(code)) return untrusted(`the proxy ${proxy.host}`, code);
  if (TOO_MANY_FILES.has(code)) return tooManyFiles(`the proxy ${proxy.host}`, code);
  const advice = /^EPROTO$|^ERR_SSL_/.test(code)
    ? `If it uses plain HTTP, write http: in ${PROXY_OPTION}.`
    : `Check ${PROXY_OPTION}.`;
  return new NetworkError(`No connection to the proxy ${proxy.host} (${code}). ${advice}`, {
    vendorCode: code,
    retryable: true,
  });
}

/** Returns the error for a proxy that refused to open a tunnel. The response is the proxy's, not the vendor's. */
export function proxyRefused(proxy: URL, target: string, status: number): NetworkError {
  const advice =
    status === 407
      ? `The user and password of the proxy are missing or wrong: set them in ${PROXY_OPTION}.`
      : status >= 500
        ? `The proxy cannot reach ${target}, or has a fault.`
        : `Its operator must allow ${target}. If that host needs no proxy, name it in NO_PROXY.`;
  return new NetworkError(`The proxy ${proxy.host} refused a tunnel to ${target} (HTTP ${status}). ${advice}`, {
    vendorCode: `PROXY_${status}`,
    retryable: status >= 500 || status === 408 || status === 429,
  });
}

function tooManyFiles(whose: string, code: string): NetworkError {
  const message = `No connection to ${whose}: ${TOO_MANY_FILES.get(code) ?? ""} has too many open files (${code}). Close files and connections that are no longer used, or raise the limit (\`ulimit -n\`).`;
  return new NetworkError(message, { vendorCode: code, retryable: true });
}

function untrusted(whose: string, code: string): NetworkError {
  const message = `The certificate of ${whose} is not accepted (${code}). If a company proxy inspects TLS, or a private authority issued the certificate, set that authority's certificate in the option \`ca\`, or in your own \`agent\`.`;
  return new NetworkError(message, { vendorCode: code, retryable: false });
}

function codeOf(error: unknown): string {
  // Checks properties instead of the class: in Jest, Node's errors are not instances of a test's `Error`.
  return typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : "connection failed";
}
