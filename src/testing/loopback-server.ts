import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { inspect } from "node:util";
import { bomb } from "./faults/bomb.js";
import type { FaultKind } from "./faults/fault-kinds.js";
import type { FaultyResponse, FaultyVendor } from "./faults/faulty-vendor.js";
import { bodyOf, type ResponseBody, type VendorRequest } from "./vendor.js";
import type { VendorId } from "./vendors.js";

/** A request that the emulator received. Its headers contain the emulator's keys and signatures. */
export interface ReceivedRequest {
  /** The vendor that received it. */
  vendor: VendorId;
  /** The label of the account whose keys it names; the vendor's first account where it names none or others. */
  account: string;
  /** The vendor's name of the operation: Tencent's action, Huawei's interface, Itniotech's path. */
  operation: string;
  /** The HTTP method, in upper case. */
  method: string;
  /** The path without host and query. */
  path: string;
  /** The query string without the question mark; empty when there is none. */
  query: string;
  /** Names in lower case. */
  headers: IncomingHttpHeaders;
  /** The parsed JSON body; the text if it is not JSON; null if there was no body. */
  body: unknown;
  /** The real time at which the whole request had arrived. */
  receivedAt: Date;
  /** HTTP status of the response. */
  status: number;
  /** The vendor's refusal code (`RequestLimitExceeded`, `-16`, `401` …); null for a success. */
  refusal: string | null;
  /** The fault that was applied, or null. */
  fault: FaultKind | null;
}

export interface LoopbackServer {
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  close(): Promise<void>;
}

export interface ServerSettings {
  /** The port; 0 for any free one. */
  port: number;
  latencyMs: number;
  /** The vendor's clock, for the `Date` header. */
  now: () => number;
  onRequest(request: ReceivedRequest): void;
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function readableBody(body: Buffer): unknown {
  if (body.length === 0) return null;
  const text = body.toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function readRequest(incoming: IncomingMessage): Promise<VendorRequest> {
  const [path = "/", ...query] = (incoming.url ?? "/").split("?");
  return {
    method: incoming.method ?? "GET",
    path,
    query: query.join("?"),
    headers: incoming.headers,
    body: await readBody(incoming),
  };
}

function send(response: ServerResponse, built: BuiltResponse, now: number): void {
  const { wire, status, contentType = "application/json;charset=UTF-8", headers } = built;
  if (wire === "stalled-header") return;
  if (wire === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  const body = wire === "bomb" ? bomb() : Buffer.from(built.body);
  response.writeHead(status, {
    "Content-Type": contentType,
    "Content-Length": body.byteLength,
    // Clients correct their clock with this header, so it must show the vendor's time.
    Date: new Date(now).toUTCString(),
    ...(wire === "bomb" ? { "Content-Encoding": "gzip" } : {}),
    ...headers,
  });
  if (wire === "stalled-body" || wire === "cut-body") {
    response.write(body.subarray(0, body.byteLength >> 1), () => {
      if (wire === "cut-body") response.socket?.destroy();
    });
    return;
  }
  response.end(body);
}

function respond(vendor: FaultyVendor, request: VendorRequest): FaultyResponse {
  try {
    return vendor.respond(request);
  } catch (error) {
    return emulatorFailure(error, request.path);
  }
}

/** A response whose body has been built. */
interface BuiltResponse extends FaultyResponse {
  body: ResponseBody;
}

function buildBody(built: FaultyResponse): BuiltResponse {
  try {
    return { ...built, body: bodyOf(built) };
  } catch (error) {
    return emulatorFailure(error, built.operation);
  }
}

/** An error in the emulator must not look like a vendor's refusal, and must not stop other tests. */
function emulatorFailure(error: unknown, operation: string): BuiltResponse {
  const body = `The emulator failed: ${inspect(error)}`;
  return {
    status: 500,
    contentType: "text/plain;charset=UTF-8",
    body,
    operation,
    refusal: "emulator-failure",
    fault: null,
  };
}

/**
 * Serves a vendor on a port of 127.0.0.1.
 * @param accountOf returns the vendor's account whose keys a request names.
 */
export async function startLoopbackServer(
  accountOf: (request: VendorRequest) => FaultyVendor,
  settings: ServerSettings,
): Promise<LoopbackServer> {
  const timers = new Set<NodeJS.Timeout>();
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming);
    const vendor = accountOf(request);
    const built = respond(vendor, request);
    const { method, path, query, headers } = request;
    const { operation, status, refusal, fault } = built;
    settings.onRequest({
      vendor: vendor.id,
      account: vendor.account,
      operation,
      method,
      path,
      query,
      headers,
      body: readableBody(request.body),
      receivedAt: new Date(),
      status,
      refusal,
      fault,
    });
    if (settings.latencyMs <= 0) {
      send(response, buildBody(built), settings.now());
      return;
    }
    // The body is built during the latency, after requests that have already arrived are counted. Building it must not delay them.
    const building = new Promise<BuiltResponse>((resolve) => {
      setImmediate(() => {
        resolve(buildBody(built));
      });
    });
    const timer = setTimeout(() => {
      timers.delete(timer);
      void building.then((made) => {
        send(response, made, settings.now());
      });
    }, settings.latencyMs);
    timers.add(timer);
  };
  const server = createServer((incoming, response) => {
    // The only failure here is a client that disconnected while sending.
    serve(incoming, response).catch(() => response.destroy());
  });
  // Longer than any client keeps an idle socket, because the client must close it first.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(settings.port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The loopback server has no port.");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        for (const timer of timers) clearTimeout(timer);
        server.close(() => {
          resolve();
        });
        // close() alone would wait for idle keep-alive sockets.
        server.closeAllConnections();
      }),
  };
}
