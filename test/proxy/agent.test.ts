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

/** An agent of the user's own: knows where `vendor.test` is. */
function agentTo(port: number) {
  const agent = new HttpsAgent({ keepAlive: true, ca: AUTHORITY });
  agent.createConnection = () =>
    connectTls({ socket: connect(port, "127.0.0.1"), servername: "vendor.test", ca: AUTHORITY });
  return { agent, destroyed: vi.spyOn(agent, "destroy") };
}

describe.each(VENDORS)("an agent of the user's own, with %s,", (vendor) => {
  it("sends every https request, whatever the environment says, and is not destroyed", async () => {
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
    const asked = vi.spyOn(agent, "createConnection");
    expect((await openClientOf(vendor, emulator, { agent }, emulator.endpoints[vendor]).read()).length).toBeGreaterThan(
      5,
    );
    expect(asked).not.toHaveBeenCalled();
  });
});

describe("an agent that knows a proxy of its own", () => {
  it("is not put aside for another", async () => {
    const front = await openTlsFront(emulator.endpoints.itniotech);
    const { agent } = agentTo(front.port);
    // What Node 24 leaves on an agent that was made with `proxyEnv`; elsewhere it means nothing.
    Object.assign(agent.options, { proxyEnv: {} });
    expect((await openClientOf("itniotech", emulator, { agent }).read()).length).toBeGreaterThan(5);
    agent.destroy();
  });
});

describe("an agent of a library's", () => {
  it("may extend node:http's", async () => {
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
