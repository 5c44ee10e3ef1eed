import { URL } from "node:url";
import type { Auth } from "../../contract/auth.js";
import { CONTENT_TYPE } from "./request.js";
import { authorizationWithPort } from "./signature-with-port.js";

/** The SDK uses the first label of the host, which differs if the option `endpoint` is set. */
const SERVICE = "ccc";

/** The part of the Tencent SDK signer that is used here. */
interface Signer {
  sign3(request: {
    method: string;
    url: string;
    payload: Buffer;
    timestamp: number;
    service: string;
    secretId: string;
    secretKey: string;
    multipart: boolean;
    boundary: string;
    headers: Record<string, string>;
  }): string;
}

/** The credentials that sign the requests. */
interface Credentials {
  secretId: string;
  secretKey: string;
  token: string | undefined;
}

/** Signs every attempt with TC3-HMAC-SHA256, by the signer of Tencent's SDK. */
export function signAuth({ secretId, secretKey, token }: Credentials): Auth {
  return {
    async load() {
      await loadSigner();
    },
    async authorize(request, { now }) {
      const signer = await loadSigner();
      const timestamp = Math.floor(now.getTime() / 1000);
      const hasPort = new URL(request.url).port !== "";
      const authorization = hasPort
        ? authorizationWithPort(request, {
            contentType: CONTENT_TYPE,
            timestamp,
            service: SERVICE,
            secretId,
            secretKey,
          })
        : signer.sign3({
            method: request.method,
            url: request.url,
            // Bytes, because the signer would serialize any other value again, and sign a body that is not sent.
            payload: Buffer.from(request.body ?? "", "utf8"),
            timestamp,
            service: SERVICE,
            secretId,
            secretKey,
            multipart: false,
            boundary: "",
            headers: { "Content-Type": CONTENT_TYPE },
          });
      return {
        ...request,
        headers: {
          ...request.headers,
          "X-TC-Timestamp": String(timestamp),
          Authorization: authorization,
          ...(token === undefined ? {} : { "X-TC-Token": token }),
        },
      };
    },
  };
}

let loading: Promise<Signer> | null = null;

/** Loads the signer once, on the first request, so that a program without a Tencent account does not load it. */
function loadSigner(): Promise<Signer> {
  loading ??= importSigner();
  return loading;
}

async function importSigner(): Promise<Signer> {
  // With the extension: the package has no `exports`, and Node does not add extensions to the paths of ES modules.
  const loaded: unknown = await import("tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js");
  const signer = findSigner(loaded);
  if (signer === null) throw new TypeError("tencentcloud-sdk-nodejs-common: its common/sign.js has no sign3.");
  return signer;
}

/**
 * Finds the signer in the loaded module. It is the `default` of a CommonJS module. Node exposes that module as the default of an ES module, and a bundler does
 * not, so the signer is zero, one or two levels down.
 */
function findSigner(loaded: unknown, depth = 2): Signer | null {
  if (isSigner(loaded)) return loaded;
  if (depth === 0 || typeof loaded !== "object" || loaded === null || !("default" in loaded)) return null;
  return findSigner(loaded.default, depth - 1);
}

function isSigner(value: unknown): value is Signer {
  return (
    (typeof value === "function" || typeof value === "object") &&
    value !== null &&
    "sign3" in value &&
    typeof value.sign3 === "function"
  );
}
