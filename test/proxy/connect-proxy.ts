import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { certificateOf } from "./certificates.js";
import { type Listening, listen } from "./listening.js";

export interface ConnectProxy extends Listening {
  /** What tunnels were asked for. */
  asked: { target: string | undefined; headers: IncomingHttpHeaders }[];
  /** Requests that were sent to it as if it were the vendor. */
  forwarded: string[];
}

export interface ProxyBehaviour {
  /** Where every tunnel leads, whatever host was asked for. */
  to: { port: number };
  secure?: boolean;
  /** Answers this, word for word, in place of opening a tunnel; `""`: never answers. */
  says?: string;
}

/** A proxy of HTTP tunnels. */
export async function openProxy({ to, secure = false, says }: ProxyBehaviour): Promise<ConnectProxy> {
  const server = secure ? createSecureServer(certificateOf("proxy")) : createServer();
  const asked: ConnectProxy["asked"] = [];
  const forwarded: string[] = [];
  server.on("request", (request, response) => {
    forwarded.push(request.url ?? "");
    response.writeHead(200).end('{"from":"proxy"}');
  });
  server.on("connect", (request: IncomingMessage, client: Duplex) => {
    asked.push({ target: request.url, headers: request.headers });
    client.on("error", () => client.destroy());
    if (says === "") {
      // Listens, at least, for the other side to hang up.
      client.on("end", () => client.end()).resume();
      return;
    }
    if (says !== undefined) {
      client.end(says);
      return;
    }
    const vendor = connect(to.port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      pipeline(client, vendor, client, () => {
        client.destroy();
        vendor.destroy();
      });
    });
    vendor.on("error", () => client.destroy());
  });
  return { ...(await listen(server)), asked, forwarded };
}
