import { connect } from "node:net";
import { pipeline } from "node:stream";
import { createServer } from "node:tls";
import { certificateOf, type Holder } from "./certificates.js";
import { type Listening, listen } from "./listening.js";

/** Starts a TLS server that forwards every byte to a plain HTTP endpoint on loopback. */
export function openTlsFront(endpoint: string, holder: Holder = "vendor"): Promise<Listening> {
  const server = createServer(certificateOf(holder), (secured) => {
    const plain = connect(Number(new URL(endpoint).port), "127.0.0.1");
    pipeline(secured, plain, secured, () => {
      plain.destroy();
      secured.destroy();
    });
  });
  // A client that does not trust the certificate closes the connection.
  server.on("tlsClientError", () => undefined);
  return listen(server);
}
