import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { inspect } from "node:util";
import { bomb } from "./faults/bomb.js";
import type { FaultKind } from "./faults/fault-kinds.js";
import type { FaultyResponse, FaultyVendor } from "./faults/faulty-vendor.js";
import { bodyOf, type ResponseBody, type VendorId, type VendorRequest } from "./vendor.js";

/** A request that the emulator received: what a test pins the wire with. Its headers hold the emulator's own keys and signatures. */
export interface ReceivedRequest {
  /** Whose server it came to. */
  vendor: VendorId;
  /** The vendor's name: the action of Tencent, the interface of Huawei, the path of Itniotech. */
  operation: string;
  /** The HTTP method, in upper case. */
  method: string;
  /** Without host and query. */
  path: string;
  /** Without the question mark; empty when there is none. */
  query: string;
  /** Names in lower case. */
  headers: IncomingHttpHeaders;
  /** The body as parsed JSON; as text when it is none; null when there was no body. */
  body: unknown;
  /** Of the real clock: when the whole request had arrived. */
  receivedAt: Date;
  /** HTTP status of the answer. */
  status: number;
  /** The vendor's code of the refusal (`RequestLimitExceeded`, `-16`, `401` …), or null when it was served. */
  refusal: string | null;
  /** What befell it, or null. */
  fault: FaultKind | null;
}

export interface LoopbackServer {
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  close(): Promise<void>;
}

export interface ServerSettings {
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
    // Clients correct their clock by it, so it has to be the vendor's.
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

/** An answer whose body is there. */
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

/** A mistake in the emulator must not look like one of the vendor's refusals, nor stop the tests that run beside it. */
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

/** Puts a vendor on a port of 127.0.0.1. This is the one place between socket and vendor. */
export async function startLoopbackServer(vendor: FaultyVendor, settings: ServerSettings): Promise<LoopbackServer> {
  const timers = new Set<NodeJS.Timeout>();
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming);
    const built = respond(vendor, request);
    const { method, path, query, headers } = request;
    const { operation, status, refusal, fault } = built;
    settings.onRequest({
      vendor: vendor.id,
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
    // Made while the latency passes, after all that has come by now has been counted: a vendor keeps no request at its door until another is answered.
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
    // What fails here is a client that hung up while it was sending.
    serve(incoming, response).catch(() => response.destroy());
  });
  // Longer than any client keeps a socket idle: the emulator must not be the one that closes first.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
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
        // close() alone would wait for idle kept-alive sockets.
        server.closeAllConnections();
      }),
  };
}
