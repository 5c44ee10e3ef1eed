import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { describe, expect, it, vi } from "vitest";
import { openEmulator } from "../client/stage.js";
import { AUTHORITY } from "./certificates.js";
import { openProxy } from "./connect-proxy.js";
import { openTlsFront } from "./tls-front.js";
import { isolateEnvironment, openClientOf, until, VENDORS } from "./vendors.js";

isolateEnvironment();
const emulator = await openEmulator({ days: 6, callsPerDay: 12 });

/** Returns an agent, as a user may pass one, that connects to `port` for every host. */
function agentTo(port: number) {
  const agent = new HttpsAgent({ keepAlive: true, ca: AUTHORITY });
  agent.createConnection = () =>
    connectTls({ socket: connect(port, "127.0.0.1"), servername: "vendor.test", ca: AUTHORITY });
  return { agent, destroyed: vi.spyOn(agent, "destroy") };
}

describe.each(VENDORS)("a user's own agent, with %s,", (vendor) => {
  it("sends every https request despite HTTPS_PROXY, and is not destroyed by close()", async () => {
    const front = await openTlsFront(emulator.endpoints[vendor]);
    const proxy = await openProxy({ to: front });
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxy.port}`);
    const { agent, destroyed } = agentTo(front.port);
    const { client, read } = openClientOf(vendor, emulator, { agent });
    expect((await read()).length).toBeGreaterThan(5);
    expect(proxy.accepted()).toBe(0);
    await client.close();
    expect(destroyed).not.toHaveBeenCalled();
    expect(front.sockets.size).toBeGreaterThan(0);
    agent.destroy();
    await until(() => front.sockets.size === 0);
  });

  it("sends no plain http to loopback", async () => {
    const { agent } = agentTo(1);
    const connections = vi.spyOn(agent, "createConnection");
    expect((await openClientOf(vendor, emulator, { agent }, emulator.endpoints[vendor]).read()).length).toBeGreaterThan(
      5,
    );
    expect(connections).not.toHaveBeenCalled();
  });
});

describe("an agent with its own proxy settings", () => {
  it("is not replaced by another agent", async () => {
    const front = await openTlsFront(emulator.endpoints.itniotech);
    const { agent } = agentTo(front.port);
    // Node 24 sets this option on an agent that is created with `proxyEnv`. Other versions ignore it.
    Object.assign(agent.options, { proxyEnv: {} });
    expect((await openClientOf("itniotech", emulator, { agent }).read()).length).toBeGreaterThan(5);
    agent.destroy();
  });
});

describe("a third-party agent", () => {
  it("may extend the Agent of node:http", async () => {
    const front = await openTlsFront(emulator.endpoints.itniotech);
    class TlsAgent extends HttpAgent {
      readonly protocol = "https:";
      override createConnection() {
        return connectTls({ socket: connect(front.port, "127.0.0.1"), servername: "vendor.test", ca: AUTHORITY });
      }
    }
    const agent = new TlsAgent();
    expect((await openClientOf("itniotech", emulator, { agent }).read()).length).toBeGreaterThan(5);
    agent.destroy();
  });
});
