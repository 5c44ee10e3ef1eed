import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect } from "node:net";
import { type Duplex, pipeline } from "node:stream";
import { certificateOf } from "./certificates.js";
import { type Listening, listen } from "./listening.js";

export interface ConnectProxy extends Listening {
  /** The tunnels that were requested. */
  tunnelRequests: { target: string | undefined; headers: IncomingHttpHeaders }[];
  /** The URLs of requests that were sent to the proxy instead of through a tunnel. */
  forwarded: string[];
}

export interface ProxyBehaviour {
  /** The server that every tunnel connects to, regardless of the requested host. */
  to: { port: number };
  secure?: boolean;
  /** The raw response that is sent instead of opening a tunnel. With `""`, the proxy never responds. */
  response?: string;
}

/** Starts a proxy that opens HTTP tunnels (CONNECT). */
export async function openProxy({
  to,
  secure = false,
  response: tunnelResponse,
}: ProxyBehaviour): Promise<ConnectProxy> {
  const server = secure ? createSecureServer(certificateOf("proxy")) : createServer();
  const tunnelRequests: ConnectProxy["tunnelRequests"] = [];
  const forwarded: string[] = [];
  server.on("request", (request, response) => {
    forwarded.push(request.url ?? "");
    response.writeHead(200).end('{"from":"proxy"}');
  });
  server.on("connect", (request: IncomingMessage, client: Duplex) => {
    tunnelRequests.push({ target: request.url, headers: request.headers });
    client.on("error", () => client.destroy());
    if (tunnelResponse === "") {
      // The socket must be read, so that it notices when the client closes the connection.
      client.on("end", () => client.end()).resume();
      return;
    }
    if (tunnelResponse !== undefined) {
      client.end(tunnelResponse);
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
  return { ...(await listen(server)), tunnelRequests, forwarded };
}
