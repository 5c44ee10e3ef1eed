import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type CallRecordsClient, type PushNotice, type PushReply, RequestError } from "call-records";
import { isVerified, type SenderRule } from "./verify-sender.js";

/** No push is larger: a record has a few kilobytes. */
const MAX_BYTES = 1_048_576;
/** Tencent repeats a push at most 3 times within a short time, Itniotech within two hours. */
const REMEMBERED_IDS = 10_000;
/** A shorter secret can be guessed. */
const MIN_SECRET_LENGTH = 16;
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

/**
 * Starts a server that receives pushes at `/push/ACCOUNT/SECRET`.
 * @throws RangeError when a secret has fewer than 16 characters.
 */
export async function startPushServer(client: CallRecordsClient, options: PushServerOptions): Promise<PushServer> {
  const { senders, host = "127.0.0.1", port = 0 } = options;
  for (const [account, { pathSecret }] of senders)
    if (pathSecret.length < MIN_SECRET_LENGTH)
      throw new RangeError(`The secret of ${account} must have at least ${MIN_SECRET_LENGTH} characters.`);
  const receive = pushReceiver(client, options);
  const server = createServer((request, response) => {
    receive(request).then(
      ({ status, headers, body }) => {
        response.writeHead(status, { ...headers, Connection: status === 413 ? "close" : "keep-alive" }).end(body);
      },
      // The connection broke, or nobody foresaw the failure. The vendor sends the push again.
      (error: unknown) => {
        console.error(String(error));
        response.destroy();
      },
    );
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
  const deliveries = new Map<string, Promise<void>>();
  /** Passes on a notice once. A repetition that arrives meanwhile waits for the first. After a failure, the next repetition is passed on. */
  const passOn = (notice: PushNotice): Promise<void> => {
    const id = `${notice.account} ${notice.deliveryId}`;
    const known = deliveries.get(id);
    if (known !== undefined) return known;
    const delivery = onNotices([notice]).catch((error: unknown) => {
      deliveries.delete(id);
      throw error;
    });
    deliveries.set(id, delivery);
    const [oldest] = deliveries.keys();
    if (deliveries.size > REMEMBERED_IDS && oldest !== undefined) deliveries.delete(oldest);
    return delivery;
  };
  return async (request: IncomingMessage): Promise<PushReply> => {
    const address = readAddress(request.url ?? "/");
    const rule = senders.get(address?.account ?? "");
    // A stranger learns neither which accounts exist nor which part was wrong.
    if (request.method !== "POST" || address === null || rule === undefined) return UNKNOWN;
    const { account, secret, query } = address;
    if (!isVerified(rule, secret, request.headers.authorization)) return UNKNOWN;
    const body = await readBody(request);
    if (body === null) return { status: 413, headers: {}, body: "" };
    try {
      const { notices, reply } = client.readPush(account, { query, headers: request.headers, body });
      await Promise.all(notices.map(passOn));
      return reply;
    } catch (error) {
      console.error(String(error));
      return { status: error instanceof RequestError ? 400 : 500, headers: {}, body: "" };
    }
  };
}

/** Returns the parts of an address; null if it is another one. Anybody may send any text. */
function readAddress(target: string): { account: string; secret: string; query: Record<string, string> } | null {
  const [, account, secret, search = ""] = /^\/push\/([^/?]+)\/([^/?]+)(?:\?(.*))?$/.exec(target) ?? [];
  if (account === undefined || secret === undefined) return null;
  try {
    const query = Object.fromEntries(new URLSearchParams(search));
    return { account: decodeURIComponent(account), secret: decodeURIComponent(secret), query };
  } catch {
    return null;
  }
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
