import type { AddressInfo, Server, Socket } from "node:net";
import { closeWithFile } from "../closing.js";

/** A server on a port of 127.0.0.1, closed with the test file. */
export interface Listening {
  port: number;
  /** The open connections, in the order in which they were accepted. */
  sockets: ReadonlySet<Socket>;
  /** Returns the number of connections accepted so far. */
  accepted: () => number;
}

export async function listen(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on("connection", (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Tests close connections abruptly, and an unhandled error would end the process.
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeWithFile(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  );
  return { port: (server.address() as AddressInfo).port, sockets, accepted: () => accepted };
}
