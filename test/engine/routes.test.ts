import { once } from "node:events";
import { createServer } from "node:http";
import net, { type AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterEach, expect, it, vi } from "vitest";
import { HttpTransport } from "../../src/engine/http/http-transport.js";
import { Routes } from "../../src/engine/http/routes.js";

afterEach(() => {
  vi.restoreAllMocks();
});

const timeoutOf = (agent: object): unknown =>
  "options" in agent && typeof agent.options === "object" && agent.options !== null
    ? Reflect.get(agent.options, "autoSelectFamilyAttemptTimeout")
    : undefined;

it.each([
  [30_000, 5000],
  [3000, 1000],
  [5, 10],
])("divides a timeout of %i ms among the addresses of a host: %i ms", (timeoutMs, share) => {
  const routes = new Routes({ timeoutMs, proxy: false });
  for (const url of ["https://host.example/", "http://127.0.0.1/"])
    expect(timeoutOf(routes.agentFor(new URL(url)))).toBe(share);
  routes.close();
});

it("divides the timeout among the addresses of a proxy", () => {
  for (const proxy of ["http://proxy.example:3128", "https://proxy.example:3128"]) {
    const routes = new Routes({ timeoutMs: 30_000, proxy: new URL(proxy) });
    const tunnels = routes.agentFor(new URL("https://host.example/"));
    expect(timeoutOf(Reflect.get(tunnels, "toProxy") as object)).toBe(5000);
    routes.close();
  }
});

it("passes the timeout of an address to the socket", async () => {
  const connect = vi.spyOn(net.Socket.prototype, "connect");
  const transport = new HttpTransport({ timeoutMs: 30_000, maxResponseBytes: 1000, proxy: false });
  await transport
    .send({ method: "GET", url: "http://127.0.0.1:1/", headers: {}, body: null }, new AbortController().signal)
    .catch(() => undefined);
  transport.close();
  expect(inspect(connect.mock.calls, { depth: 4 })).toContain("autoSelectFamilyAttemptTimeout: 5000");
});

it("sets the options of a socket once, not for each request", async () => {
  const set = vi.spyOn(net.Socket.prototype, "setKeepAlive");
  const server = createServer((_, response) => response.end());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const transport = new HttpTransport({ timeoutMs: 30_000, maxResponseBytes: 1000, proxy: false });
  for (let request = 0; request < 3; request += 1)
    await transport.send({ method: "GET", url, headers: {}, body: null }, new AbortController().signal);
  transport.close();
  server.close();
  // Node omits a call with the options that the socket already has.
  expect(new Set(set.mock.contexts).size).toBe(1);
  expect(set.mock.calls.length).toBeGreaterThan(3);
  expect(new Set(set.mock.calls.map(([enabled, delayMs]) => `${enabled} ${delayMs}`))).toEqual(new Set(["true 60000"]));
});
