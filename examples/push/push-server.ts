import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type CallRecordsClient, type PushNotice, type PushReply, RequestError } from "call-records";
import { isVerified, type SenderRule } from "./verify-sender.js";

/** No push is larger: a record has a few kilobytes. */
const MAX_BYTES = 1_048_576;
/** Tencent repeats a push at most 3 times within a short time, Itniotech within two hours. */
const REMEMBERED_IDS = 10_000;
const UNKNOWN: PushReply = { status: 404, headers: {}, body: "" };

export interface PushServerOptions {
  /** How the sender of each account is verified, by the account's label. Pushes for other accounts are refused. */
  senders: ReadonlyMap<string, SenderRule>;
  /** Stores or passes on the notices of a push. If it rejects, the vendor gets an error, and repeats the push. */
  onNotices: (notices: readonly PushNotice[]) => Promise<void>;
  /** Default 127.0.0.1. A proxy in front of it should end TLS, because the address contains a secret. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
}

export interface PushServer {
  /** Returns the address to enter in the vendor's console. It contains a secret. */
  addressOf(account: string): string;
  close(): Promise<void>;
}

/** Starts a server that receives pushes at `/push/ACCOUNT/SECRET`. */
export async function startPushServer(client: CallRecordsClient, options: PushServerOptions): Promise<PushServer> {
  const { senders, host = "127.0.0.1", port = 0 } = options;
  const receive = pushReceiver(client, options);
  const server = createServer((request, response) => {
    void receive(request).then(({ status, headers, body }) => {
      response.writeHead(status, { ...headers, Connection: status === 413 ? "close" : "keep-alive" }).end(body);
    });
  });
  server.requestTimeout = 30_000;
  server.listen(port, host);
  await once(server, "listening");
  const { port: taken } = server.address() as AddressInfo;
  return {
    addressOf: (account) =>
      `http://${host}:${taken}/push/${encodeURIComponent(account)}/${senders.get(account)?.pathSecret ?? ""}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Returns the function that verifies, reads and passes on a push, and returns the response. */
function pushReceiver(client: CallRecordsClient, { senders, onNotices }: PushServerOptions) {
  const delivered = new Set<string>();
  return async (request: IncomingMessage): Promise<PushReply> => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const [, path, account = "", secret = ""] = pathname.split("/").map(decodeURIComponent);
    const rule = senders.get(account);
    // A stranger learns neither which accounts exist nor which part was wrong.
    if (request.method !== "POST" || path !== "push" || rule === undefined) return UNKNOWN;
    if (!isVerified(rule, secret, request.headers.authorization)) return UNKNOWN;
    const body = await readBody(request);
    if (body === null) return { status: 413, headers: {}, body: "" };
    try {
      const query = Object.fromEntries(searchParams);
      const { notices, reply } = client.readPush(account, { query, headers: request.headers, body });
      const fresh = notices.filter(({ deliveryId }) => !delivered.has(`${account} ${deliveryId}`));
      if (fresh.length > 0) await onNotices(fresh);
      for (const { deliveryId } of fresh) delivered.add(`${account} ${deliveryId}`);
      for (const id of [...delivered].slice(0, Math.max(0, delivered.size - REMEMBERED_IDS))) delivered.delete(id);
      return reply;
    } catch (error) {
      console.error(String(error));
      return { status: error instanceof RequestError ? 400 : 500, headers: {}, body: "" };
    }
  };
}

/** Returns the bytes of a body; null if it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
