import type { AddressInfo, Server, Socket } from "node:net";
import { afterAll } from "vitest";

/** A server on a port of 127.0.0.1, closed with the test file. */
export interface Listening {
  port: number;
  /** Connections that are open, in the order in which they came. */
  sockets: ReadonlySet<Socket>;
  /** How many connections there have been. */
  accepted: () => number;
}

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0)) await close();
});

export async function listen(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on("connection", (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Broken off by the other side, as tests do.
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  );
  return { port: (server.address() as AddressInfo).port, sockets, accepted: () => accepted };
}
