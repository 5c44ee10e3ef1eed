import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CallRecordsClient } from "call-records";
import { refusalFor } from "../own-requests.js";
import { readExportQuery } from "./export-query.js";
import { failureOf } from "./failure.js";
import { sendExport } from "./send-export.js";

export interface ExportServiceOptions {
  /** Default 127.0.0.1: this machine only. There is NO authentication here: before it listens anywhere else, put what signs your people in before it. */
  host?: string;
  /** Default 0: any that is free. */
  port?: number;
  /** Names under which it is asked for besides `host` and loopback, such as that of a proxy before it. Any other is refused. */
  allowedHosts?: readonly string[];
  /** How many at the same time; more are asked to come back. Default 4. */
  mostExports?: number;
  /** The longest range. Default 31. */
  longestDays?: number;
  /** Milliseconds that the vendors may take for an export; what the downloader takes does not count. Default 10 minutes. */
  totalTimeoutMs?: number;
  /** Milliseconds after which a downloader who takes nothing is given up, and others have the place. Default one minute. */
  stallMs?: number;
}

export interface ExportService {
  url: string;
  /** Takes no more requests, lets exports come to their end for so long, and then breaks them off. */
  close(graceMs: number): Promise<void>;
}

const RETRY_AFTER = { "Retry-After": "10" };
/** What ends by closing the connection looks whole wherever it ends. */
const NOT_BY_1_0 =
  "By HTTP/1.0 an export that is cut short looks whole. Ask by HTTP/1.1; a proxy may have to be told to (nginx: proxy_http_version 1.1).";

/** `GET /calls?from=…&to=…&account=…&format=ndjson|csv`, and `GET /health`. */
export async function startExportService(
  client: CallRecordsClient,
  options: ExportServiceOptions = {},
): Promise<ExportService> {
  const {
    host = "127.0.0.1",
    port = 0,
    allowedHosts = [],
    mostExports = 4,
    longestDays = 31,
    totalTimeoutMs = 600_000,
    stallMs = 60_000,
  } = options;
  /** The exports going on, each with what breaks it off. */
  const exports = new Map<Promise<void>, AbortController>();
  let stopping = false;
  const refuse = refusalFor(host, allowedHosts);

  const runExport = async (search: string, response: ServerResponse, signal: AbortSignal) => {
    try {
      await sendExport(client, readExportQuery(search, longestDays), response, { signal, totalTimeoutMs });
    } catch (error) {
      const { status, body } = failureOf(error);
      // What a downloader asked wrongly is for the downloader to know.
      if (status !== 400) console.error("An export did not come to its end:", error);
      if (response.headersSent) response.destroy();
      else if (!response.destroyed)
        respond(response, status, body, status === 429 || status === 503 ? RETRY_AFTER : {});
    }
  };

  const beginExport = (search: string, response: ServerResponse) => {
    if (stopping || exports.size >= mostExports) {
      respond(
        response,
        503,
        { message: stopping ? "The service is stopping." : "As many exports as may be are going on." },
        RETRY_AFTER,
      );
      return;
    }
    const stop = new AbortController();
    // Nothing more is asked of the vendors for somebody who has hung up.
    response.once("close", () => {
      if (!response.writableFinished) stop.abort();
    });
    response.setTimeout(stallMs, () => {
      // Where nothing waits to be taken, it is the vendors that are slow. What waits may be the last piece, after which there is no more to drain for.
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
        mostExports,
      });
    else respond(response, 404, { message: "There is /calls and /health." });
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
      // Connections that were kept for a next request.
      server.closeAllConnections();
      await closed;
    },
  };
}

function respond(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(`${JSON.stringify(body)}\n`);
}
