import { BlockList, isIP } from "node:net";
import type { URL } from "node:url";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Whether a URL certainly names this machine: `localhost`, or a loopback address in any notation. A subdomain of `localhost` may resolve to another machine. */
export function isLoopback({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, "");
  const family = isIP(host);
  // The list also matches IPv6 addresses that are mapped to its IPv4 addresses.
  return family === 0 ? host === "localhost" : LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}
