import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { bundled } from "../bundled.js";
import { openEmulator } from "../client/stage.js";
import { openProxy } from "./connect-proxy.js";
import { openTlsFront } from "./tls-front.js";
import { ENDPOINT } from "./vendors.js";

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const READ_ONCE = bundled(new URL("./read-once.ts", import.meta.url));
const emulator = await openEmulator({ days: 6, callsPerDay: 12 });

/** Reads in a separate process, because Node reads `NODE_USE_ENV_PROXY` at startup. Before Node 22.21 the variable has no effect. */
async function readWith(environment: Record<string, string>, proxyPort: number): Promise<unknown> {
  const proxy = `http://127.0.0.1:${proxyPort}`;
  const env = {
    PATH: process.env.PATH,
    NODE_USE_ENV_PROXY: "1",
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    NODE_EXTRA_CA_CERTS: path("certificates/authority.crt"),
    ...environment,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [READ_ONCE], {
    env,
    cwd: path("../.."),
  });
  return JSON.parse(stdout);
}

describe("NODE_USE_ENV_PROXY", () => {
  it("does not send requests to loopback through a proxy", { tags: ["slow"], timeout: 20_000 }, async () => {
    const proxy = await openProxy({ to: { port: 1 } });
    const calls = { "tencent-ccc": "complete: calls", "huawei-cec": "complete: calls", itniotech: "complete: calls" };
    expect(await readWith(emulator.environment(), proxy.port)).toEqual(calls);
    expect(proxy.accepted()).toBe(0);
  });

  it("sends each request through the proxy once, in a tunnel", async () => {
    const proxy = await openProxy({ to: await openTlsFront(emulator.endpoints.itniotech) });
    const { ITNIOTECH_API_KEY = "", ITNIOTECH_API_SECRET = "" } = emulator.environment();
    expect(
      await readWith({ ITNIOTECH_API_KEY, ITNIOTECH_API_SECRET, ITNIOTECH_ENDPOINT: ENDPOINT }, proxy.port),
    ).toEqual({ itniotech: "complete: calls" });
    expect(new Set(proxy.tunnelRequests.map(({ target }) => target))).toEqual(new Set(["vendor.test:443"]));
    expect(proxy.forwarded).toEqual([]);
  }, 20_000);
});
