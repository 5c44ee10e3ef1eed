import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { SecureContext } from "node:tls";
import type { URL } from "node:url";
import { isLoopback } from "../../contract/loopback.js";
import { proxyFromEnvironment } from "./proxy-url.js";
import { trustAlso } from "./trusted-certificates.js";
import { TunnelAgent } from "./tunnel-agent.js";

/** The network options, as they were read. */
export interface RouteSettings {
  /** False: none; undefined: the environment's. */
  proxy?: URL | false | undefined;
  /** The user's own. */
  agent?: HttpAgent | undefined;
  /** Certificates that are trusted in addition to the usual ones. */
  ca?: readonly string[] | undefined;
  /** How long a proxy may say nothing while a tunnel is opened. */
  timeoutMs: number;
}

/**
 * How long a host's address is tried before the next. Node's own 250 ms are less than the second after which a lost packet of a handshake is sent again:
 * where a host has two addresses, a slow network would fail at both.
 */
const ADDRESS_TIMEOUT_MS = 5000;

/** The time for one address, within that for a whole attempt, so that a second one has its turn. Node takes no less than 10 ms. */
function addressTimeoutMs(timeoutMs: number): number {
  return Math.max(10, Math.min(ADDRESS_TIMEOUT_MS, Math.floor(timeoutMs / 3)));
}

/** Knows by which connections each URL is reached: straight, through a proxy, or by the user's own agent. */
export class Routes {
  private readonly http: HttpAgent;
  private readonly https: HttpsAgent;
  private readonly tunnels = new Map<string, TunnelAgent>();
  private readonly secureContext: SecureContext | undefined;
  private readonly autoSelectFamilyAttemptTimeout: number;

  constructor(private readonly settings: RouteSettings) {
    const { ca, timeoutMs } = settings;
    this.autoSelectFamilyAttemptTimeout = addressTimeoutMs(timeoutMs);
    const { autoSelectFamilyAttemptTimeout } = this;
    this.http = new HttpAgent({ keepAlive: true, autoSelectFamilyAttemptTimeout });
    this.secureContext = ca === undefined ? undefined : trustAlso(ca);
    this.https = new HttpsAgent({ keepAlive: true, secureContext: this.secureContext, autoSelectFamilyAttemptTimeout });
  }

  /** @throws ConfigurationError when the environment names a proxy that is none. */
  agentFor(url: URL): HttpAgent {
    // Plain http is for loopback hosts only, and loopback goes to no proxy.
    if (url.protocol === "http:") return this.http;
    const { agent, proxy: given } = this.settings;
    if (agent !== undefined) return agent;
    const proxy = isLoopback(url) || given === false ? null : (given ?? proxyFromEnvironment(url));
    return proxy === null ? this.https : this.tunnelsOf(proxy);
  }

  private tunnelsOf(proxy: URL): TunnelAgent {
    const known = this.tunnels.get(proxy.href);
    if (known !== undefined) return known;
    const { secureContext, autoSelectFamilyAttemptTimeout } = this;
    const agent = new TunnelAgent(proxy, {
      secureContext,
      timeoutMs: this.settings.timeoutMs,
      autoSelectFamilyAttemptTimeout,
    });
    this.tunnels.set(proxy.href, agent);
    return agent;
  }

  /** Closes every connection but those of the user's own agent. */
  close(): void {
    for (const agent of [this.http, this.https, ...this.tunnels.values()]) agent.destroy();
  }
}
