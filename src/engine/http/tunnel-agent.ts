import { Agent as HttpAgent, type ClientRequest, request } from "node:http";
import { Agent as HttpsAgent, type RequestOptions } from "node:https";
import { isIP, isIPv6 } from "node:net";
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { urlToHttpOptions } from "node:url";
import type { URL } from "node:url";
import { proxyRefused, proxyUnreachable } from "./connection-failure.js";

/** How a tunnel is made. */
interface TunnelSettings {
  /** What is trusted, at the tunnel's end and of the proxy itself; undefined for the usual. */
  secureContext: SecureContext | undefined;
  /** How long the proxy may say nothing while a tunnel is opened. */
  timeoutMs: number;
  /** How long an address of the proxy is tried before the next, in milliseconds. */
  autoSelectFamilyAttemptTimeout: number;
}

/**
 * TLS through a proxy's CONNECT tunnels, which are kept alive and used again.
 *
 * Not https-proxy-agent: version 5, which axios brings along, opens a tunnel for every single request, and every version hands a proxy's
 * refusal on as if the vendor had answered it, and lets go of no proxy that never answers. An agent of Node's own does what else is needed.
 */
export class TunnelAgent extends HttpsAgent {
  /** Holds connections to the proxy for as long as they are no tunnel yet. */
  private readonly toProxy: HttpAgent;

  constructor(
    private readonly proxy: URL,
    private readonly settings: TunnelSettings,
  ) {
    const { secureContext, autoSelectFamilyAttemptTimeout } = settings;
    super({ keepAlive: true, secureContext });
    // Node would take the name that the certificate has to be for from the Host header, which names the tunnel's end.
    const servername = isIP(hostnameOf(proxy)) === 0 ? hostnameOf(proxy) : "";
    // Of the proxy, too, certificates are checked whatever NODE_TLS_REJECT_UNAUTHORIZED says.
    this.toProxy =
      proxy.protocol === "https:"
        ? new HttpsAgent({ secureContext, servername, rejectUnauthorized: true, autoSelectFamilyAttemptTimeout })
        : new HttpAgent({ autoSelectFamilyAttemptTimeout });
  }

  /** Called by Node for each new connection; answers by the callback, since a tunnel takes a while. */
  override createConnection(
    options: RequestOptions,
    callback: (error: Error | null, socket?: Duplex) => void,
  ): undefined {
    const host = options.host ?? "localhost";
    const target = `${isIPv6(host) ? `[${host}]` : host}:${options.port ?? 443}`;
    const connect = this.ask(target);
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
      connect.destroy(Object.assign(new Error("The proxy is silent."), { code: "ETIMEDOUT" }));
    });
    connect.on("error", (error) => {
      callback(proxyUnreachable(this.proxy, error));
    });
    connect.end();
  }

  private ask(target: string): ClientRequest {
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

  /** Closes the tunnels, those being opened included. */
  override destroy(): void {
    this.toProxy.destroy();
    super.destroy();
  }
}

/** Without the brackets of an IPv6 address. */
function hostnameOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}
