import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The parts of `TC3-HMAC-SHA256 Credential=ID/DATE/SERVICE/tc3_request, SignedHeaders=a;b, Signature=HEX`. */
export interface Tc3Authorization {
  secretId: string;
  /** `yyyy-MM-dd`, UTC */
  date: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

const FORM =
  /^TC3-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{4}-\d\d-\d\d)\/([^/,\s]+)\/tc3_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;

/** Returns null when the header does not have the documented form. */
export function readAuthorization(header: string): Tc3Authorization | null {
  const [, secretId, date, service, signedHeaders, signature] = FORM.exec(header) ?? [];
  if (
    secretId === undefined ||
    date === undefined ||
    service === undefined ||
    signedHeaders === undefined ||
    signature === undefined
  )
    return null;
  return { secretId, date, service, signedHeaders: signedHeaders.split(";"), signature };
}

export interface SignedRequest {
  method: string;
  path: string;
  /** Without the question mark. */
  query: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The value of X-TC-Timestamp. */
  timestamp: string;
}

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
const hmac = (key: string | Buffer, content: string) => createHmac("sha256", key).update(content).digest();

function canonicalHeaders(request: SignedRequest, names: readonly string[], host: string): string | null {
  let text = "";
  for (const name of names) {
    const value = name === "host" ? host : request.headers[name];
    if (typeof value !== "string") return null;
    // "Signature v3" requires trimmed names and values in lower case.
    text += `${name}:${value.trim().toLowerCase()}\n`;
  }
  return text;
}

/** Whether the request comes from Tencent's SDK, which adds this header. */
function isSdk(headers: IncomingHttpHeaders): boolean {
  return "x-tc-requestclient" in headers;
}

/** Whether the signature matches the request, according to "Signature v3". The code is independent of any SDK. */
export function isSignedBy(secretKey: string, authorization: Tc3Authorization, request: SignedRequest): boolean {
  const { signedHeaders, date, service } = authorization;
  // Content-Type and Host must be signed, and the scope must have the timestamp's date.
  if (!signedHeaders.includes("content-type") || !signedHeaders.includes("host")) return false;
  if (new Date(Number(request.timestamp) * 1000).toISOString().slice(0, 10) !== date) return false;
  const host = request.headers.host ?? "";
  // The real host has no port. The emulator's host has one, which Tencent's SDK does not sign; this library signs it.
  const signedHost = isSdk(request.headers) ? host.replace(/:\d+$/, "") : host;
  const canonicalText = canonicalHeaders(request, signedHeaders, signedHost);
  if (canonicalText === null) return false;
  const canonical = [
    request.method,
    request.path,
    request.query,
    canonicalText,
    signedHeaders.join(";"),
    sha256(request.body),
  ].join("\n");
  const toSign = ["TC3-HMAC-SHA256", request.timestamp, `${date}/${service}/tc3_request`, sha256(canonical)].join("\n");
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), service), "tc3_request");
  return timingSafeEqual(hmac(key, toSign), Buffer.from(authorization.signature, "hex"));
}
