import { URL } from "node:url";
import type { Auth } from "../../contract/auth.js";
import { CONTENT_TYPE } from "./request.js";
import { authorizationWithPort } from "./signature-with-port.js";

/** The SDK takes the first label of the host, which is something else behind another `endpoint`. */
const SERVICE = "ccc";

/** What is used of the signer in Tencent's SDK. */
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

/** What requests are signed with. */
interface Credentials {
  secretId: string;
  secretKey: string;
  token: string | undefined;
}

/** Signs every attempt afresh by TC3-HMAC-SHA256, with the signer of Tencent's SDK. */
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
            // As bytes: anything else the signer would serialise by itself, and sign what is not sent.
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

/** Loads the signer on the first request, and once: who uses another vendor does not wait for it. */
function loadSigner(): Promise<Signer> {
  loading ??= importSigner();
  return loading;
}

async function importSigner(): Promise<Signer> {
  // Named with its ending: the package has no `exports`, and ES modules are resolved without guessing.
  const loaded: unknown = await import("tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js");
  const signer = findSigner(loaded);
  if (signer === null) throw new TypeError("tencentcloud-sdk-nodejs-common: its common/sign.js has no sign3.");
  return signer;
}

/**
 * The class is the `default` of a CommonJS module, which Node hands to ES modules as *their* default once more, and a bundler does not: it
 * is one, two or no steps down.
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
