import { BlockList, isIP } from "node:net";
import type { URL } from "node:url";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Whether a URL certainly names this machine: `localhost`, or a loopback address in any writing. A name below `localhost` may be looked up elsewhere. */
export function isLoopback({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, "");
  const family = isIP(host);
  // A list of IPv4 addresses is compared with IPv6 ones that stand for them too.
  return family === 0 ? host === "localhost" : LOOPBACK.check(host, family === 6 ? "ipv6" : "ipv4");
}
