import { createServer } from "node:http";
import { closeWithFile } from "../closing.js";

/** What a vendor of the test's own is asked, and answers. */
export interface Asked {
  path: string;
  headers: NodeJS.Dict<string | string[]>;
  body: Record<string, unknown>;
}
/** The body is sent as JSON, but for one of `written`. */
export type Response = (asked: Asked) => { status?: number; headers?: Record<string, string>; body: unknown };

const writtenBodies = new WeakMap<object, string | Buffer>();

/** A body that is sent byte by byte as it stands. */
export function written(body: string | Buffer): object {
  const made = {};
  writtenBodies.set(made, body);
  return made;
}

function bytesOf(body: unknown): string | Buffer {
  const given = typeof body === "object" && body !== null ? writtenBodies.get(body) : undefined;
  return given ?? JSON.stringify(body);
}

/** A vendor that answers as the test says, closed with the test file. */
export async function serve(respond: Response): Promise<string> {
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
export const huaweiResponding =
  (list: Response): Response =>
  (asked) =>
    asked.path.endsWith("tokenByAkSk") ? { body: token } : list(asked);
