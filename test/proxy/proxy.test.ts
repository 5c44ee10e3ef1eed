import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { VendorEmulator, VendorId } from "call-records/testing";
import { openEmulator } from "../client/stage.js";
import { AUTHORITY } from "./certificates.js";
import { type ConnectProxy, openProxy } from "./connect-proxy.js";
import type { Listening } from "./listening.js";
import { RANGE } from "./range.js";
import { openTlsFront } from "./tls-front.js";
import { isolateEnvironment, openClientOf, until, VENDORS } from "./vendors.js";

isolateEnvironment();

let emulator: VendorEmulator;
let fronts: Record<VendorId, Listening>;
beforeAll(async () => {
  emulator = await openEmulator({ days: 6, callsPerDay: 12 });
  const { endpoints } = emulator;
  fronts = {
    "tencent-ccc": await openTlsFront(endpoints["tencent-ccc"]),
    "huawei-cec": await openTlsFront(endpoints["huawei-cec"]),
    itniotech: await openTlsFront(endpoints.itniotech),
  };
});
beforeEach(() => {
  emulator.clearRequests();
});

const proxyTo = (vendor: VendorId, secure = false) => openProxy({ to: fronts[vendor], secure });
const idsOf = (vendor: VendorId) =>
  emulator.truth[vendor].calls
    .filter(({ startedAt }) => startedAt >= RANGE.from && startedAt < RANGE.to)
    .map(({ id }) => id)
    .sort();

async function expectAllThroughTunnels(
  proxy: ConnectProxy,
  vendor: VendorId,
  read: () => Promise<{ id: string }[]>,
): Promise<void> {
  const calls = await read();
  expect(calls.map(({ id }) => id).sort()).toEqual(idsOf(vendor));
  expect(calls.length).toBeGreaterThan(5);
  expect(new Set(proxy.tunnelRequests.map(({ target }) => target))).toEqual(new Set(["vendor.test:443"]));
  expect(proxy.forwarded).toEqual([]);
}

describe.each(VENDORS)("%s through a proxy", (vendor) => {
  it.each(["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])("is reached when %s names the proxy", async (variable) => {
    const proxy = await proxyTo(vendor);
    vi.stubEnv(variable, `http://127.0.0.1:${proxy.port}`);
    await expectAllThroughTunnels(proxy, vendor, openClientOf(vendor, emulator, { ca: AUTHORITY }).read);
  });

  it("is reached when the option `proxy` names it, and receives no proxy credentials", async () => {
    const proxy = await proxyTo(vendor);
    await expectAllThroughTunnels(
      proxy,
      vendor,
      openClientOf(vendor, emulator, { ca: AUTHORITY, proxy: `http://us%40er:p%2Fass%23@127.0.0.1:${proxy.port}` })
        .read,
    );
    const expected = `Basic ${Buffer.from("us@er:p/ass#").toString("base64")}`;
    for (const { headers } of proxy.tunnelRequests) {
      expect(headers["proxy-authorization"]).toBe(expected);
      expect(Object.keys(headers).sort()).toEqual(["connection", "host", "proxy-authorization"]);
    }
    expect(emulator.requests.length).toBeGreaterThan(0);
    for (const { headers } of emulator.requests) {
      expect(headers.host).toBe("vendor.test");
      expect(Object.keys(headers).filter((name) => name.startsWith("proxy"))).toEqual([]);
      expect(JSON.stringify(headers)).not.toContain(expected);
    }
  });

  it.each(["localhost", "127.0.0.1"])("is reached when the proxy uses https, at %s", async (host) => {
    const proxy = await proxyTo(vendor, true);
    await expectAllThroughTunnels(
      proxy,
      vendor,
      openClientOf(vendor, emulator, { ca: [Buffer.from(AUTHORITY)], proxy: `https://${host}:${proxy.port}` }).read,
    );
  });

  it("is reached directly on loopback, even when a variable or the option names a proxy", async () => {
    const proxy = await proxyTo(vendor);
    const url = `http://127.0.0.1:${proxy.port}`;
    for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"]) vi.stubEnv(name, url);
    for (const options of [{}, { proxy: url }]) {
      const calls = await openClientOf(vendor, emulator, options, emulator.endpoints[vendor]).read();
      expect(calls.map(({ id }) => id).sort()).toEqual(idsOf(vendor));
    }
    expect([...proxy.tunnelRequests, ...proxy.forwarded]).toEqual([]);
    expect(proxy.accepted()).toBe(0);
  });
});

describe("HTTPS_PROXY", () => {
  it("means an http: proxy when it has no scheme", async () => {
    const proxy = await proxyTo("itniotech");
    vi.stubEnv("HTTPS_PROXY", `user:word@127.0.0.1:${proxy.port}`);
    await expectAllThroughTunnels(proxy, "itniotech", openClientOf("itniotech", emulator, { ca: AUTHORITY }).read);
  });

  it.each(["vendor.test", ".test", "*", "other.example,vendor.test:443"])(
    "is ignored for vendor.test when NO_PROXY is %s",
    async (hosts) => {
      const proxy = await proxyTo("itniotech");
      vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxy.port}`);
      vi.stubEnv("NO_PROXY", hosts);
      // The client connects directly to vendor.test, which no resolver knows.
      await expect(openClientOf("itniotech", emulator, { ca: AUTHORITY }).read()).rejects.toMatchObject({
        code: "network",
        vendorCode: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) as string,
      });
      expect(proxy.accepted()).toBe(0);
    },
  );

  it("is ignored with `proxy: false`", async () => {
    const proxy = await proxyTo("itniotech");
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxy.port}`);
    await expect(openClientOf("itniotech", emulator, { proxy: false }).read()).rejects.toMatchObject({
      code: "network",
    });
    expect(proxy.accepted()).toBe(0);
  });

  it("is overridden by the option `proxy`, and so is NO_PROXY", async () => {
    const proxy = await proxyTo("itniotech");
    vi.stubEnv("HTTPS_PROXY", "http://127.0.0.1:1");
    vi.stubEnv("NO_PROXY", "*");
    await expectAllThroughTunnels(
      proxy,
      "itniotech",
      openClientOf("itniotech", emulator, { ca: AUTHORITY, proxy: `http://127.0.0.1:${proxy.port}` }).read,
    );
  });

  it.each(["socks5://user:hidden@127.0.0.1:1080", "http://user:hid/den@proxy.example:1", "http://[bad"])(
    "with an invalid proxy URL (%s) causes a ConfigurationError that does not quote it",
    async (url) => {
      vi.stubEnv("HTTPS_PROXY", url);
      const error = await openClientOf("itniotech", emulator)
        .read()
        .then(
          () => null,
          (thrown: unknown) => thrown,
        );
      expect(error).toMatchObject({
        code: "configuration",
        account: "itniotech",
        message: expect.stringContaining("HTTPS_PROXY") as string,
      });
      expect(String(error)).not.toMatch(/hid|user:1|127\.0|bad/);
    },
  );
});

describe("loopback", () => {
  it.each(["127.0.0.1", "127.8.8.8", "localhost", "[::1]", "[::ffff:127.0.0.1]", "localhost."])(
    "is reached directly over https too: %s",
    async (host) => {
      const proxy = await proxyTo("itniotech");
      const url = `http://127.0.0.1:${proxy.port}`;
      vi.stubEnv("HTTPS_PROXY", url);
      for (const options of [{}, { proxy: url }])
        await expect(openClientOf("itniotech", emulator, options, `https://${host}:1`).read()).rejects.toMatchObject({
          code: "network",
        });
      expect(proxy.accepted()).toBe(0);
    },
  );
});

describe("tunnels", () => {
  it("are reused, and closed with the client", async () => {
    const proxy = await proxyTo("itniotech");
    const { client, read } = openClientOf("itniotech", emulator, {
      ca: AUTHORITY,
      proxy: `http://127.0.0.1:${proxy.port}`,
    });
    for (let round = 0; round < 30; round += 1) await read();
    expect(emulator.requests.length).toBeGreaterThanOrEqual(30);
    expect(proxy.tunnelRequests.length).toBeLessThanOrEqual(4);
    expect(proxy.sockets.size).toBeGreaterThan(0);
    await client.close();
    await until(() => proxy.sockets.size === 0);
  });

  it("of an https: proxy are closed with the client", async () => {
    const proxy = await proxyTo("itniotech", true);
    const { client, read } = openClientOf("itniotech", emulator, {
      ca: AUTHORITY,
      proxy: `https://localhost:${proxy.port}`,
    });
    await read();
    await client.close();
    await until(() => proxy.sockets.size === 0);
  });

  it("that are never opened are released by close()", async () => {
    const proxy = await openProxy({ to: { port: 1 }, response: "" });
    const { client, read } = openClientOf("itniotech", emulator, { proxy: `http://127.0.0.1:${proxy.port}` });
    const outcome = expect(read()).rejects.toMatchObject({ code: "aborted" });
    await until(() => proxy.tunnelRequests.length === 1);
    await client.close();
    await outcome;
    await until(() => proxy.sockets.size === 0);
  });

  it("that are never opened are released after the attempt's time limit", async () => {
    const proxy = await openProxy({ to: { port: 1 }, response: "" });
    const { read } = openClientOf("itniotech", emulator, { proxy: `http://127.0.0.1:${proxy.port}`, timeoutMs: 100 });
    await expect(read()).rejects.toMatchObject({ code: "network", vendorCode: "ETIMEDOUT", retryable: true });
    await until(() => proxy.sockets.size === 0);
  });
});
