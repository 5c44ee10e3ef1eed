import { connect, createServer, type Socket } from "node:net";
import { closeWithFile } from "../../closing.js";

/**
 * Starts a forwarder to a server of Redis, which loses one connection: the first one on which a command with a text arrives. The server executes the command, but
 * its reply is lost. Returns the port, and whether that has happened.
 */
export async function startCutConnection(port: number, text: string): Promise<{ port: number; wasCut: () => boolean }> {
  let isCut = false;
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect({ host: "127.0.0.1", port });
    let cutsNext = false;
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        incoming.destroy();
        outgoing.destroy();
      });
    }
    incoming.on("data", (data) => {
      cutsNext ||= !isCut && data.includes(text);
      outgoing.write(data);
    });
    outgoing.on("data", (data) => {
      if (!cutsNext) incoming.write(data);
      else if (!data.includes("NOSCRIPT")) {
        isCut = true;
        incoming.destroy();
      } else {
        // The text of the script follows.
        cutsNext = false;
        incoming.write(data);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeWithFile(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The forwarder has no port.");
  return { port: address.port, wasCut: () => isCut };
}
