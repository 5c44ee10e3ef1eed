import { connect, createServer, type Socket } from "node:net";
import { closeWithFile } from "../../closing.js";

/**
 * Starts a forwarder to a server on this machine, which delays all data in both directions as a distance does. Returns its URL.
 * @param roundTripMs the delay of both directions together.
 */
export async function startDistantServer(target: string, roundTripMs: number): Promise<string> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const forward = (from: Socket, to: Socket) => {
    sockets.add(from);
    const later = (run: () => void) => setTimeout(run, roundTripMs / 2);
    from.on("data", (data) => later(() => to.write(data)));
    from.on("end", () => later(() => to.end()));
    from.on("error", () => to.destroy());
    from.on("close", () => sockets.delete(from));
  };
  const server = createServer((incoming) => {
    const outgoing = connect({ host: hostname, port: Number(port) });
    for (const socket of [incoming, outgoing]) socket.setNoDelay(true);
    forward(incoming, outgoing);
    forward(outgoing, incoming);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeWithFile(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The forwarder has no port.");
  return `http://127.0.0.1:${address.port}`;
}
