import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

/** What a request is refused with. */
export interface Refusal {
  status: 403 | 421;
  message: string;
}

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Keeps other people's pages out. A page can give its own name the address of this machine (DNS rebinding): the browser of whoever reads the page then takes this
 * server for that page's own, and hands it the answers. So a request must name a host that this server has: loopback, what it listens on, or a name that it was given. And
 * where the browser says from which page it asks, that must be one of this server's.
 * @param host on which the server listens.
 * @param names under which it is known besides, such as that of the proxy before it.
 */
export function refusalFor(host: string, names: readonly string[]): (request: IncomingMessage) => Refusal | null {
  const known = new Set([
    ...LOOPBACK,
    ...[host, ...names].map((name) => hostnameOf(isIP(name) === 6 ? `[${name}]` : name)),
  ]);
  return ({ headers: { host: asked, origin }, socket }) => {
    // Browsers always name one. What does not, such as a load balancer that looks whether the server lives, is no browser.
    if (asked === undefined) return null;
    const hostname = hostnameOf(asked);
    if (hostname === null || !(known.has(hostname) || isAddressOf(hostname, socket.localAddress))) {
      return {
        status: 421,
        message: "This server does not have the name that was asked for. Start it with ALLOWED_HOSTS to add names.",
      };
    }
    if (origin !== undefined && hostOf(origin) !== asked.toLowerCase())
      return { status: 403, message: "Pages of other sites may not ask this server." };
    return null;
  };
}

/** Where it listens on all addresses, it has the one that was connected to. */
function isAddressOf(hostname: string, address: string | undefined): boolean {
  return address !== undefined && (hostname === address.replace(/^::ffff:/, "") || hostname === `[${address}]`);
}

/** Without the port, as browsers write it; null where it is none. */
function hostnameOf(host: string): string | null {
  // Nothing but a name or an address, and a port: no user, no path.
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}`)) return null;
  return new URL(`http://${host}`).hostname.replace(/\.$/, "");
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
