import { describe, expect, it, vi } from "vitest";
import { Agent } from "node:https";
import { inspect } from "node:util";
import { NetworkError } from "call-records";
import { createTestClock } from "call-records/testing";
import { detailsOf, openEmulator, rejectionOf } from "../client/stage.js";
import { AUTHORITY, type Holder } from "./certificates.js";
import { openProxy } from "./connect-proxy.js";
import { openTlsFront } from "./tls-front.js";
import { isolateEnvironment, openClientOf, until, VENDORS } from "./vendors.js";

isolateEnvironment();
const PASSWORD = "pa55word-of-the-proxy";
const urlOf = (port: number, scheme = "http") => `${scheme}://user:${PASSWORD}@127.0.0.1:${port}`;
const emulator = await openEmulator({ days: 6, callsPerDay: 12 });

function expectNoCredentials(...values: unknown[]): void {
  const encoded = Buffer.from(`user:${PASSWORD}`).toString("base64");
  for (const value of values) {
    const stack = value instanceof Error ? String(value.stack) : "";
    for (const text of [
      stack,
      JSON.stringify(value),
      inspect(value, { showHidden: true, depth: Infinity, getters: true }),
    ]) {
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(encoded);
    }
  }
}

describe.each(VENDORS)("a proxy's refusal, with %s,", (vendor) => {
  it.each<[number, boolean, RegExp]>([
    [407, false, /user and password of the proxy.*`proxy`.*HTTPS_PROXY/],
    [403, false, /allow vendor\.test:443/],
    [401, false, /allow vendor\.test:443/],
    [302, false, /allow vendor\.test:443/],
    [429, true, /allow vendor\.test:443/],
    [502, true, /cannot reach vendor\.test:443/],
  ])("of HTTP %i is a NetworkError, never the vendor's response", async (status, retryable, advice) => {
    // Every vendor's adapter would classify this body as a failure.
    const body =
      '{"status":403,"retCode":"-16","Response":{"Error":{"Code":"UnauthorizedOperation","Message":"m"},"RequestId":"r"}}';
    const response = `HTTP/1.1 ${status} No\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const proxy = await openProxy({ to: { port: 1 }, response });
    const { read, client, events } = openClientOf(vendor, emulator, { proxy: urlOf(proxy.port) });
    const error = await rejectionOf(read());
    expect(error).toBeInstanceOf(NetworkError);
    expect(detailsOf(error)).toMatchObject({
      vendorCode: `PROXY_${status}`,
      retryable,
      account: vendor,
      provider: vendor,
    });
    expect(error.message).toContain(`127.0.0.1:${proxy.port}`);
    expect(error.message).toMatch(advice);
    expect(error.cause).toBeUndefined();
    expectNoCredentials(error, client, ...events);
    await until(() => proxy.sockets.size === 0);
  });
});

describe("a proxy's refusal", () => {
  it("of 407 is not retried, and of 502 is retried", async () => {
    for (const [status, attempts] of [
      [407, 1],
      [502, 3],
    ] as const) {
      const proxy = await openProxy({ to: { port: 1 }, response: `HTTP/1.1 ${status} No\r\n\r\n` });
      const clock = createTestClock({ now: new Date() });
      const error = await rejectionOf(
        openClientOf("itniotech", emulator, { proxy: urlOf(proxy.port), retry: { attempts: 3 }, clock }).read(),
      );
      expect(detailsOf(error)).toMatchObject({ code: "network", attempts });
      expect(proxy.tunnelRequests).toHaveLength(attempts);
    }
  });

  it("by closing the connection is a NetworkError that names the proxy", async () => {
    const proxy = await openProxy({ to: { port: 1 } });
    const error = await rejectionOf(openClientOf("itniotech", emulator, { proxy: urlOf(proxy.port) }).read());
    expect(detailsOf(error)).toMatchObject({ code: "network", vendorCode: "ECONNRESET", retryable: true });
    expect(error.message).toContain(`proxy 127.0.0.1:${proxy.port}`);
    expectNoCredentials(error);
  });
});

describe("a proxy that cannot be reached", () => {
  it("causes a NetworkError that names the proxy, not the vendor", async () => {
    const { read, client, events } = openClientOf("itniotech", emulator, { proxy: urlOf(1) });
    const error = await rejectionOf(read());
    expect(detailsOf(error)).toMatchObject({ code: "network", vendorCode: "ECONNREFUSED", retryable: true });
    expect(error.message).toMatch(/proxy 127\.0\.0\.1:1 .*`proxy`, or HTTPS_PROXY/);
    expectNoCredentials(error, client, ...events);
  });

  it("because it uses plain HTTP causes an error that suggests http:", async () => {
    const proxy = await openProxy({ to: { port: 1 } });
    const error = await rejectionOf(openClientOf("itniotech", emulator, { proxy: urlOf(proxy.port, "https") }).read());
    expect(detailsOf(error)).toMatchObject({ code: "network" });
    expect(error.message).toContain("write http:");
    expectNoCredentials(error);
  });

  it("because of its certificate causes an error that names the option `ca`", async () => {
    const proxy = await openProxy({ to: { port: 1 }, secure: true });
    const error = await rejectionOf(openClientOf("itniotech", emulator, { proxy: urlOf(proxy.port, "https") }).read());
    expect(detailsOf(error)).toMatchObject({
      code: "network",
      vendorCode: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      retryable: false,
    });
    expect(error.message).toMatch(/proxy 127\.0\.0\.1:\d+ .*`ca`/);
    expect(proxy.tunnelRequests).toEqual([]);
    expectNoCredentials(error);
  });
});

describe.each(VENDORS)("a certificate of %s", (vendor) => {
  const failureOf = async (holder: Holder, options: { ca?: string }, target = "https://vendor.test") => {
    const proxy = await openProxy({ to: await openTlsFront(emulator.endpoints[vendor], holder) });
    emulator.clearRequests();
    const error = await rejectionOf(
      openClientOf(vendor, emulator, { proxy: urlOf(proxy.port), ...options }, target).read(),
    );
    expect(error).toBeInstanceOf(NetworkError);
    expect(error.message).toMatch(new RegExp(`certificate of ${new URL(target).host} .*\`ca\``));
    expect(error.cause).toBeUndefined();
    expect(emulator.requests).toEqual([]);
    expectNoCredentials(error);
    return detailsOf(error);
  };

  it("that an untrusted authority signed is rejected", async () => {
    expect(await failureOf("vendor", {})).toMatchObject({
      vendorCode: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      retryable: false,
    });
  });

  it("that has expired is rejected", async () => {
    expect(await failureOf("expired", { ca: AUTHORITY })).toMatchObject({
      vendorCode: "CERT_HAS_EXPIRED",
      retryable: false,
    });
  });

  it("for another host name is rejected", async () => {
    expect(await failureOf("vendor", { ca: AUTHORITY }, "https://other.test")).toMatchObject({
      vendorCode: "ERR_TLS_CERT_ALTNAME_INVALID",
      retryable: false,
    });
  });
});

describe("NODE_TLS_REJECT_UNAUTHORIZED", () => {
  it.each([
    [
      "a vendor",
      async () => ({ endpoint: `https://localhost:${(await openTlsFront(emulator.endpoints.itniotech)).port}` }),
    ],
    [
      "a vendor behind a proxy",
      async () => ({ proxy: urlOf((await openProxy({ to: await openTlsFront(emulator.endpoints.itniotech) })).port) }),
    ],
    [
      "a vendor, with a user's own agent",
      async () => ({
        endpoint: `https://localhost:${(await openTlsFront(emulator.endpoints.itniotech)).port}`,
        agent: new Agent({ keepAlive: false }),
      }),
    ],
    [
      "a proxy",
      async () => ({ proxy: `https://localhost:${(await openProxy({ to: { port: 1 }, secure: true })).port}` }),
    ],
  ] as [string, () => Promise<{ endpoint?: string; proxy?: string; agent?: Agent }>][])(
    "does not make the client trust the certificate of %s",
    async (_, open) => {
      vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
      const { endpoint, ...options } = await open();
      emulator.clearRequests();
      const error = await rejectionOf(openClientOf("itniotech", emulator, options, endpoint).read());
      expect(detailsOf(error)).toMatchObject({ code: "network", vendorCode: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
      expect(emulator.requests).toEqual([]);
    },
  );
});
