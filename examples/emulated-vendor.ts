/** A server on a free port of 127.0.0.1 that responds as a vendor does. */
import { createServer } from "node:http";

/** A request as a vendor receives it. */
export interface VendorRequest {
  method: string;
  /** The path and the query. */
  target: string;
  /** The headers, with names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  /** The text of the body; empty where there is none. */
  body: string;
}

export interface VendorResponse {
  status: number;
  headers: Record<string, string>;
  /** Sent as JSON. */
  body: unknown;
}

export interface EmulatedVendor {
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  /** The requests, in order. */
  received: VendorRequest[];
  /** Sends these responses to the next requests, in this order, instead of the real ones. */
  refuse(...responses: VendorResponse[]): void;
  close(): Promise<void>;
}

/**
 * Starts the server.
 * @param respond returns the response to a request.
 * @param settings.refusal the response to a request beyond `concurrency`, the maximum number of concurrent requests.
 */
export async function startEmulatedVendor(
  respond: (request: VendorRequest) => VendorResponse,
  settings: { refusal: VendorResponse; concurrency?: number; latencyMs?: number },
): Promise<EmulatedVendor> {
  const { refusal, concurrency = 20, latencyMs = 0 } = settings;
  const received: VendorRequest[] = [];
  const refusals: VendorResponse[] = [];
  let active = 0;
  const server = createServer((incoming, response) => {
    active += 1;
    const tooMany = active > concurrency ? refusal : null;
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const request: VendorRequest = {
        method: incoming.method ?? "GET",
        target: incoming.url ?? "/",
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      };
      received.push(request);
      const { status, headers, body } = tooMany ?? refusals.shift() ?? respond(request);
      setTimeout(() => {
        active -= 1;
        response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
      }, latencyMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server has no port.");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    received,
    refuse: (...responses) => {
      refusals.push(...responses);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
