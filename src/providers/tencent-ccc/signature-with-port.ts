import { createHash, createHmac } from "node:crypto";
import { URL } from "node:url";
import type { PreparedRequest } from "../../contract/http.js";

/** The values that are part of the signature besides the request. */
export interface SigningScope {
  contentType: string;
  /** Unix seconds. */
  timestamp: number;
  service: string;
  secretId: string;
  secretKey: string;
}

/**
 * Returns the `Authorization` header of a request to a host with a port, by the steps of "Signature v3". The signer of Tencent's SDK omits the port, which
 * is in the `Host` header. A server that verifies the signature with that header would refuse the request.
 */
export function authorizationWithPort(
  request: PreparedRequest,
  { contentType, timestamp, service, secretId, secretKey }: SigningScope,
): string {
  const { host, pathname, search } = new URL(request.url);
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${service}/tc3_request`;
  const signedHeaders = "content-type;host";
  const canonical = [
    request.method,
    pathname,
    search.slice(1),
    `content-type:${contentType}`,
    `host:${host}`,
    "",
    signedHeaders,
    sha256(request.body ?? ""),
  ].join("\n");
  const toSign = ["TC3-HMAC-SHA256", String(timestamp), scope, sha256(canonical)].join("\n");
  const key = ["tc3_request", service, date].reduceRight<Buffer | string>(
    (parent, part) => hmac(parent, part).digest(),
    `TC3${secretKey}`,
  );
  return `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${hmac(key, toSign).digest("hex")}`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function hmac(key: Buffer | string, text: string) {
  return createHmac("sha256", key).update(text, "utf8");
}
