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
   * Default 127.0.0.1: this machine only. There is NO authentication here, and the page shows who telephones with whom: before it listens anywhere else, put
   * what signs your people in before it.
   */
  host?: string;
  /** Default 0: any that is free. */
  port?: number;
  /** Names under which it is asked for besides `host` and loopback, such as that of a proxy before it. Any other is refused. */
  allowedHosts?: readonly string[];
  /** Milliseconds from the end of one reading to the beginning of the next; default 2000. */
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

/** A page that shows the calls going on, at `/`. */
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
    else respond(response, 404, "text/plain", "There is nothing here.");
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
      // Events have no end of their own. Browsers come back to whoever serves this next.
      server.closeAllConnections();
      await closed;
    },
  };
}

function respond(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { "Content-Type": `${type}; charset=utf-8` }).end(text);
}
