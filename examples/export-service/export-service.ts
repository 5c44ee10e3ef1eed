import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CallRecordsClient } from "call-records";
import { refusalFor } from "../own-requests.js";
import { readExportQuery } from "./export-query.js";
import { failureOf } from "./failure.js";
import { sendExport } from "./send-export.js";

export interface ExportServiceOptions {
  /** Default 127.0.0.1: this machine only. There is NO authentication here: put an authenticating proxy in front of it before it listens on another address. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Further host names of the server besides `host` and loopback, such as the name of its proxy. Any other name is refused. */
  allowedHosts?: readonly string[];
  /** Maximum number of parallel exports. Further requests get 503 with `Retry-After`. Default 4. */
  maxExports?: number;
  /** Maximum range in days. Default 31. */
  maxDays?: number;
  /** Timeout of an export in milliseconds, without the time that the downloader needs. Default 10 minutes. */
  totalTimeoutMs?: number;
  /** Milliseconds after which an export is aborted if the downloader reads nothing. Default one minute. */
  stallMs?: number;
}

export interface ExportService {
  url: string;
  /** Accepts no more requests, waits this long for the active exports, and then aborts them. */
  close(graceMs: number): Promise<void>;
}

const RETRY_AFTER = { "Retry-After": "10" };
/** Without a content length, a response that ends with the connection always looks complete. */
const NOT_BY_1_0 =
  "With HTTP/1.0, a truncated export looks complete. Use HTTP/1.1; a proxy may need a setting for it (nginx: proxy_http_version 1.1).";

/** Starts a server for `GET /calls?from=…&to=…&account=…&format=ndjson|csv` and `GET /health`. */
export async function startExportService(
  client: CallRecordsClient,
  options: ExportServiceOptions = {},
): Promise<ExportService> {
  const {
    host = "127.0.0.1",
    port = 0,
    allowedHosts = [],
    maxExports = 4,
    maxDays = 31,
    totalTimeoutMs = 600_000,
    stallMs = 60_000,
  } = options;
  /** The active exports, with the controller that aborts each. */
  const exports = new Map<Promise<void>, AbortController>();
  let stopping = false;
  const refuse = refusalFor(host, allowedHosts);

  const runExport = async (search: string, response: ServerResponse, signal: AbortSignal) => {
    try {
      await sendExport(client, readExportQuery(search, maxDays), response, { signal, totalTimeoutMs });
    } catch (error) {
      const { status, body } = failureOf(error);
      // A wrong request is reported only to the downloader.
      if (status !== 400) console.error("An export failed:", error);
      if (response.headersSent) response.destroy();
      else if (!response.destroyed)
        respond(response, status, body, status === 429 || status === 503 ? RETRY_AFTER : {});
    }
  };

  const beginExport = (search: string, response: ServerResponse) => {
    if (stopping || exports.size >= maxExports) {
      respond(
        response,
        503,
        { message: stopping ? "The service is stopping." : "The maximum number of exports is active." },
        RETRY_AFTER,
      );
      return;
    }
    const stop = new AbortController();
    // After a disconnect, no more requests are sent to the vendors.
    response.once("close", () => {
      if (!response.writableFinished) stop.abort();
    });
    response.setTimeout(stallMs, () => {
      // If no data is buffered, the vendors are slow, not the downloader. The buffered data may be the last of the export, after which there is no `drain` event.
      if (response.writableLength > 0) response.destroy();
    });
    const run = runExport(search, response, stop.signal).finally(() => exports.delete(run));
    exports.set(run, stop);
  };

  const server = createServer((request, response) => {
    const { method, url = "", httpVersion } = request;
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    const [path, ...search] = url.split("?");
    const refusal = refuse(request);
    if (refusal !== null) respond(response, refusal.status, { message: refusal.message });
    else if (method !== "GET") respond(response, 405, { message: "GET only." }, { Allow: "GET" });
    else if (path === "/calls" && httpVersion === "1.0") respond(response, 505, { message: NOT_BY_1_0 });
    else if (path === "/calls") beginExport(search.join("?"), response);
    else if (path === "/health")
      respond(response, stopping ? 503 : 200, {
        status: stopping ? "stopping" : "ok",
        exports: exports.size,
        maxExports,
      });
    else respond(response, 404, { message: "The paths are /calls and /health." });
  });
  server.listen(port, host);
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;

  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}/`,
    async close(graceMs) {
      stopping = true;
      const closed = once(server, "close");
      server.close();
      const late = setTimeout(() => {
        for (const stop of exports.values()) stop.abort();
      }, graceMs);
      await Promise.all(exports.keys());
      clearTimeout(late);
      // Idle keep-alive connections.
      server.closeAllConnections();
      await closed;
    },
  };
}

function respond(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(`${JSON.stringify(body)}\n`);
}
