import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CallRecordsClient } from "call-records";
import { refusalFor } from "../own-requests.js";
import { sendEvents } from "./event-stream.js";
import { LiveCalls } from "./live-calls.js";
import { contentSecurityPolicy, page } from "./page.js";

export interface LiveServerOptions {
  /**
   * Default 127.0.0.1: this machine only. There is NO authentication here, and the page shows who talks to whom: put an authenticating proxy in front of it before
   * it listens on another address.
   */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** Further host names of the server besides `host` and loopback, such as the name of its proxy. Any other name is refused. */
  allowedHosts?: readonly string[];
  /** Milliseconds between the end of a reading and the start of the next. Default 2000. */
  intervalMs?: number;
}

export interface LiveServer {
  url: string;
  close(): Promise<void>;
}

const HEADERS = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": contentSecurityPolicy,
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** Starts a server with a page that shows the active calls (`/`), and its events (`/events`). */
export async function startLiveServer(
  client: CallRecordsClient,
  { host = "127.0.0.1", port = 0, allowedHosts = [], intervalMs = 2000 }: LiveServerOptions = {},
): Promise<LiveServer> {
  const refuse = refusalFor(host, allowedHosts);
  const live = new LiveCalls(client, intervalMs);
  const server = createServer((request, response) => {
    const { method, url = "" } = request;
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const [path] = url.split("?");
    const refusal = refuse(request);
    if (refusal !== null) respond(response, refusal.status, "text/plain", refusal.message);
    else if (method !== "GET") respond(response.setHeader("Allow", "GET"), 405, "text/plain", "GET only.");
    else if (path === "/") respond(response, 200, "text/html", page);
    else if (path === "/events") sendEvents(live, response);
    else respond(response, 404, "text/plain", "The paths are / and /events.");
  });
  server.listen(port, host);
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}/`,
    async close() {
      live.close();
      const closed = once(server, "close");
      server.close();
      // Event streams do not end otherwise. The browsers connect again when the server is back.
      server.closeAllConnections();
      await closed;
    },
  };
}

function respond(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { "Content-Type": `${type}; charset=utf-8` }).end(text);
}
