import { Agent as HttpAgent, type ClientRequest, request } from "node:http";
import { Agent as HttpsAgent, type RequestOptions } from "node:https";
import { isIP, isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { urlToHttpOptions } from "node:url";
import type { URL } from "node:url";
import { proxyRefused, proxyUnreachable } from "./connection-failure.js";
import { KEEP_ALIVE } from "./keep-alive.js";

/** The settings with which tunnels are opened. */
interface TunnelSettings {
  /** The trusted certificates, for the vendor and for the proxy itself; undefined for the usual ones. */
  secureContext: SecureContext | undefined;
  /** The maximum time without data from the proxy while a tunnel is opened. */
  timeoutMs: number;
  /** The time for one address of the proxy before the next is tried, in milliseconds. */
  autoSelectFamilyAttemptTimeout: number;
}

/**
 * An agent that sends TLS through a proxy's CONNECT tunnels, which are kept alive and reused.
 *
 * It replaces https-proxy-agent for three reasons. Version 5, on which axios depends, opens a tunnel for each request. Every version returns a proxy's refusal
 * as if it were the vendor's response. None has a time limit for a proxy that does not respond.
 */
export class TunnelAgent extends HttpsAgent {
  /** Opens the connections to the proxy, and holds them until they are tunnels. */
  private readonly toProxy: HttpAgent;

  constructor(
    private readonly proxy: URL,
    private readonly settings: TunnelSettings,
  ) {
    const { secureContext, autoSelectFamilyAttemptTimeout } = settings;
    super({ ...KEEP_ALIVE, secureContext });
    // By default, Node checks the certificate against the Host header, which names the tunnel's target and not the proxy.
    const servername = isIP(hostnameOf(proxy)) === 0 ? hostnameOf(proxy) : "";
    // The proxy's certificate is checked too, independently of NODE_TLS_REJECT_UNAUTHORIZED.
    this.toProxy =
      proxy.protocol === "https:"
        ? new HttpsAgent({ secureContext, servername, rejectUnauthorized: true, autoSelectFamilyAttemptTimeout })
        : new HttpAgent({ autoSelectFamilyAttemptTimeout });
  }

  /** Opens a connection through a new tunnel. Node calls it for each new connection, and passes a callback because it is asynchronous. */
  override createConnection(
    options: RequestOptions,
    callback: (error: Error | null, socket?: Duplex) => void,
  ): undefined {
    const host = options.host ?? "localhost";
    const target = `${isIPv6(host) ? `[${host}]` : host}:${options.port ?? 443}`;
    const connect = this.requestTunnel(target);
    connect.once("connect", ({ statusCode = 0 }, socket) => {
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy();
        callback(proxyRefused(this.proxy, target, statusCode));
        return;
      }
      socket.setTimeout(0);
      const throughTunnel = { ...options, socket };
      callback(null, super.createConnection(throughTunnel) ?? undefined);
    });
    connect.once("timeout", () => {
      connect.destroy(Object.assign(new Error("The proxy did not respond in time."), { code: "ETIMEDOUT" }));
    });
    connect.on("error", (error) => {
      callback(proxyUnreachable(this.proxy, error));
    });
    connect.end();
  }

  private requestTunnel(target: string): ClientRequest {
    const { protocol, port } = this.proxy;
    const { auth } = urlToHttpOptions(this.proxy);
    const credentials = auth == null ? {} : { "Proxy-Authorization": `Basic ${Buffer.from(auth).toString("base64")}` };
    return request({
      protocol,
      hostname: hostnameOf(this.proxy),
      port,
      method: "CONNECT",
      path: target,
      headers: { Host: target, Connection: "keep-alive", ...credentials },
      agent: this.toProxy,
      timeout: this.settings.timeoutMs,
    });
  }

  /** Closes all tunnels, including those that are being opened. */
  override destroy(): void {
    this.toProxy.destroy();
    super.destroy();
  }
}

/** Returns the host name of a URL, without the brackets of an IPv6 address. */
function hostnameOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}
