import { createServer } from "node:http";
import { closeWithFile } from "../closing.js";

/** A request that a scripted vendor receives. */
export interface VendorRequest {
  path: string;
  headers: NodeJS.Dict<string | string[]>;
  body: Record<string, unknown>;
}
/** Returns the response to a request. Its body is sent as JSON, unless it comes from `written`. */
export type Responder = (request: VendorRequest) => {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
};

const writtenBodies = new WeakMap<object, string | Buffer>();

/** Returns a body that is sent unchanged, without JSON encoding. */
export function written(body: string | Buffer): object {
  const marker = {};
  writtenBodies.set(marker, body);
  return marker;
}

function bytesOf(body: unknown): string | Buffer {
  const bytes = typeof body === "object" && body !== null ? writtenBodies.get(body) : undefined;
  return bytes ?? JSON.stringify(body);
}

/** Starts a vendor that responds with `respond`, and returns its URL. It is closed with the test file. */
export async function serve(respond: Responder): Promise<string> {
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      const {
        status = 200,
        headers,
        body,
      } = respond({
        path: request.url ?? "",
        headers: request.headers,
        body: JSON.parse(text) as Record<string, unknown>,
      });
      // The real date is not the time of the tests' clocks.
      response.sendDate = false;
      response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(bytesOf(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeWithFile(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server has no port.");
  return `http://127.0.0.1:${address.port}`;
}

const token = { AccessToken: "a-token-that-must-not-show", Expires: "600" };
/** Returns the responder of a Huawei vendor: token requests receive a token, and all other requests the response of `list`. */
export const huaweiResponding =
  (list: Responder): Responder =>
  (request) =>
    request.path.endsWith("tokenByAkSk") ? { body: token } : list(request);
