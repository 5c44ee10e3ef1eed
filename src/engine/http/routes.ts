import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { SecureContext } from "node:tls";
import type { URL } from "node:url";
import { isLoopback } from "../../contract/loopback.js";
import { KEEP_ALIVE } from "./keep-alive.js";
import { proxyFromEnvironment } from "./proxy-url.js";
import { trustAlso } from "./trusted-certificates.js";
import { TunnelAgent } from "./tunnel-agent.js";

/** The parsed network options. */
export interface RouteSettings {
  /** The proxy; false: none; undefined: the environment's. */
  proxy?: URL | false | undefined;
  /** The user's agent. */
  agent?: HttpAgent | undefined;
  /** Certificates that are trusted in addition to the usual ones. */
  ca?: readonly string[] | undefined;
  /** The maximum time without data from a proxy while a tunnel is opened. */
  timeoutMs: number;
}

/**
 * The time for one address of a host before the next is tried. Node's default of 250 ms is less than the second after which a lost handshake packet is sent
 * again, so that on a slow network all addresses of a host would fail.
 */
const ADDRESS_TIMEOUT_MS = 5000;

/** Returns the time for one address. It is a third of the time limit of an attempt, so that a second address is tried too. Node's minimum is 10 ms. */
function addressTimeoutMs(timeoutMs: number): number {
  return Math.max(10, Math.min(ADDRESS_TIMEOUT_MS, Math.floor(timeoutMs / 3)));
}

/** Selects the connections for each URL: direct, through a proxy, or by the user's own agent. */
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
    const options = { ...KEEP_ALIVE, autoSelectFamilyAttemptTimeout };
    this.http = new HttpAgent(options);
    this.secureContext = ca === undefined ? undefined : trustAlso(ca);
    this.https = new HttpsAgent({ ...options, secureContext: this.secureContext });
  }

  /** Returns the agent for a URL. @throws ConfigurationError when the environment names an invalid proxy. */
  agentFor(url: URL): HttpAgent {
    // Plain http is allowed for loopback hosts only, and loopback uses no proxy.
    if (url.protocol === "http:") return this.http;
    const { agent, proxy: given } = this.settings;
    if (agent !== undefined) return agent;
    const proxy = isLoopback(url) || given === false ? null : (given ?? proxyFromEnvironment(url));
    return proxy === null ? this.https : this.tunnelsThrough(proxy);
  }

  private tunnelsThrough(proxy: URL): TunnelAgent {
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

  /** Closes all connections except those of the user's agent. */
  close(): void {
    for (const agent of [this.http, this.https, ...this.tunnels.values()]) agent.destroy();
  }
}
