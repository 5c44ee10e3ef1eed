import type { ServerResponse } from "node:http";
import type { LiveCalls } from "./live-calls.js";

/** Before proxies and balancers take the connection for dead: many do so after 60 s. */
const HEARTBEAT_MS = 15_000;
/** After which a browser that lost the connection tries again. */
const RETRY_MS = 2000;

/**
 * Server-sent events, each the whole picture: who comes back after a break needs the newest and nothing in between, so that events need no id, and
 * `Last-Event-ID` no answer. For the same reason nothing is queued for a viewer who reads slowly: what was missed is replaced by what is newer.
 */
export function sendEvents(live: LiveCalls, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" });
  response.write(`retry: ${RETRY_MS}\n\n`);
  let missed: string | null = null;
  const send = (snapshot: string) => {
    if (response.writableNeedDrain) missed = snapshot;
    else response.write(`data: ${snapshot}\n\n`);
  };
  response.on("drain", () => {
    const newest = missed;
    missed = null;
    if (newest !== null) send(newest);
  });
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(": still here\n\n");
  }, HEARTBEAT_MS);
  const leave = live.watch(send);
  response.once("close", () => {
    clearInterval(heartbeat);
    leave();
  });
}
