import type { ServerResponse } from "node:http";
import type { LiveCalls } from "./live-calls.js";

/** Proxies and load balancers close idle connections, many of them after 60 s. */
const HEARTBEAT_MS = 15_000;
/** The delay after which a browser connects again. */
const RETRY_MS = 2000;

/**
 * Sends snapshots as server-sent events until the viewer disconnects. Each event is a complete snapshot, so a viewer who connects again needs only the newest one:
 * events have no id, and `Last-Event-ID` is ignored. For the same reason nothing is queued for a slow viewer: a newer snapshot replaces a pending one.
 */
export function sendEvents(live: LiveCalls, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" });
  response.write(`retry: ${RETRY_MS}\n\n`);
  let pending: string | null = null;
  const send = (snapshot: string) => {
    if (response.writableNeedDrain) pending = snapshot;
    else response.write(`data: ${snapshot}\n\n`);
  };
  response.on("drain", () => {
    const snapshot = pending;
    pending = null;
    if (snapshot !== null) send(snapshot);
  });
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(": still here\n\n");
  }, HEARTBEAT_MS);
  const stopWatching = live.watch(send);
  response.once("close", () => {
    clearInterval(heartbeat);
    stopWatching();
  });
}
