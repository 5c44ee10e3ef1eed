/** The signature of a request to AWS, Signature Version 4, as the emulator verifies it. */
import { createHash, createHmac } from "node:crypto";
import type { VendorRequest } from "../emulated-vendor.js";

const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/;

/** The parts of an `Authorization` header. */
export interface SignedRequest {
  accessKeyId: string;
  /** Day, region, service and `aws4_request`, separated by `/`. */
  scope: string;
  signature: string;
  /** The names of the signed headers, separated by `;`. */
  names: string;
}

/** Returns the parts of the header; null if the request is not signed. */
export function readAuthorization({ headers }: VendorRequest): SignedRequest | null {
  const [, accessKeyId, scope, names, signature] = AUTHORIZATION.exec(String(headers.authorization ?? "")) ?? [];
  if (accessKeyId === undefined || scope === undefined || names === undefined || signature === undefined) return null;
  return { accessKeyId, scope, names, signature };
}

/** Returns the signature that a request must have. The path and the body are signed as they were sent. */
export function signatureOf(
  { method, target, headers, body }: VendorRequest,
  { scope, names }: Pick<SignedRequest, "scope" | "names">,
  secretAccessKey: string,
): string {
  const [path = "", query = ""] = target.split("?");
  const signedHeaders = names.split(";").map((name) => `${name}:${String(headers[name] ?? "").trim()}\n`);
  // A path is encoded once in the request, and once more in the text that is signed.
  const encodedPath = path.split("/").map(encodeURIComponent).join("/");
  const canonical = [method, encodedPath, query, signedHeaders.join(""), names, sha256(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", String(headers["x-amz-date"] ?? ""), scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString("hex");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
