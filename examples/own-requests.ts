import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** The response to a refused request. */
export interface Refusal {
  status: 403 | 421;
  message: string;
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Returns a check that refuses requests from pages of other sites. With DNS rebinding, a page resolves its own name to the address of this machine, and could
 * then read the responses of this server. So the Host header must contain a name of this server: loopback, the address it listens on, or a configured name. The
 * Origin header, if there is one, must also name this server.
 * @param host the host on which the server listens.
 * @param names further names of the server, such as the name of its proxy.
 */
export function refusalFor(host: string, names: readonly string[]): (request: IncomingMessage) => Refusal | null {
  const known = new Set([
    ...LOOPBACK,
    ...[host, ...names].map((name) => hostnameOf(isIP(name) === 6 ? `[${name}]` : name)),
  ]);
  return ({ headers: { host: requested, origin }, socket }) => {
    // Browsers always send a host. A client without one, such as the health check of a load balancer, is not a browser.
    if (requested === undefined) return null;
    const hostname = hostnameOf(requested);
    if (hostname === null || !(known.has(hostname) || isAddressOf(hostname, socket.localAddress))) {
      return {
        status: 421,
        message: "The requested host is not a name of this server. Start it with ALLOWED_HOSTS to add names.",
      };
    }
    if (origin !== undefined && hostOf(origin) !== requested.toLowerCase())
      return { status: 403, message: "Pages of other sites must not send requests to this server." };
    return null;
  };
}

/** A server that listens on all addresses also has the address of the connection. */
function isAddressOf(hostname: string, address: string | undefined): boolean {
  return address !== undefined && (hostname === address.replace(/^::ffff:/, "") || hostname === `[${address}]`);
}

/** Returns the host without the port, as browsers write it; null if it is invalid. */
function hostnameOf(host: string): string | null {
  // Only a name or an address, and a port: no user and no path.
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`).hostname.replace(/\.$/, "");
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
