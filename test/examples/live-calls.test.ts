import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { CallRecordsClient, huaweiCec, itniotech, tencentCcc } from "call-records";
import { type CustomCall, type EmulatorOptions, startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { type LiveServer, type LiveServerOptions, startLiveServer } from "../../examples/live-calls/live-server.js";
import type { Snapshot } from "../../examples/live-calls/snapshot.js";
import { type OpenBrowser, openBrowser } from "./browser.js";
import { startExample } from "./example-process.js";

const INTERVAL_MS = 20;
const MINUTE = 60_000;
const HOSTILE = `<img src=x onerror="document.title='broken in'">`;
const SESSIONS = "DescribePSTNActiveSessionList";

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0).reverse()) await resource.close();
});

/** Starts the vendors, with a clock that the test advances, and opens a client in which Tencent has a Chinese label. */
async function openClient(options: EmulatorOptions = {}) {
  let ahead = 0;
  const unlimited = { "tencent-ccc": Infinity, "huawei-cec": Infinity, itniotech: Infinity };
  const emulator = await startVendorEmulator({
    callsPerDay: 0,
    activeCalls: 0,
    sdkAppIds: [1_400_000_000],
    requestsPerSecond: unlimited,
    now: () => Date.now() + ahead,
    ...options,
  });
  opened.push(emulator);
  const { "tencent-ccc": tencent, "huawei-cec": huawei, itniotech: itnio } = emulator.credentials;
  const rate = { requestsPerSecond: 1000 };
  const client = new CallRecordsClient({
    providers: [
      tencentCcc({
        account: "华南客服",
        endpoint: emulator.endpoints["tencent-ccc"],
        secretId: tencent.secretId,
        secretKey: tencent.secretKey,
        sdkAppIds: [...tencent.sdkAppIds],
        rate,
      }),
      huaweiCec({ endpoint: emulator.endpoints["huawei-cec"], ...huawei, rate }),
      itniotech({ endpoint: emulator.endpoints.itniotech, ...itnio, rate }),
    ],
    retry: { attempts: 1 },
  });
  opened.push(client);
  return {
    emulator,
    client,
    advance: (ms: number) => {
      ahead += ms;
    },
  };
}

async function openServer(client: CallRecordsClient, options: LiveServerOptions = {}): Promise<LiveServer> {
  const server = await startLiveServer(client, { intervalMs: INTERVAL_MS, ...options });
  opened.push(server);
  return server;
}

const ago = (ms: number) => new Date(Date.now() - ms);
const activeCall = (customer: string, more: Partial<CustomCall> = {}): CustomCall => ({
  startedAt: ago(5 * MINUTE),
  endedAt: null,
  customer,
  ...more,
});

/** Polls with a long timeout, for busy machines. */
const eventually = <Result>(read: () => Promise<Result>) => expect.poll(read, { timeout: 20_000 });

describe("the page, in a browser", () => {
  let open: OpenBrowser;
  beforeAll(async () => {
    open = await openBrowser();
  }, 120_000);
  afterAll(() => open.close());

  /** A page in the browser. Scripts are passed as text, because the types of the DOM are not available here. */
  class View {
    readonly problems: string[] = [];
    private constructor(readonly page: Page) {
      page.on("pageerror", (error) => this.problems.push(String(error)));
      page.on("console", (message) => {
        // Some of these tests cause refused connections.
        if (message.type() === "error" && !message.text().includes("ERR_")) this.problems.push(message.text());
      });
    }
    static async open(url: string): Promise<View> {
      const page = await open.browser.newPage();
      opened.push(page);
      const view = new View(page);
      await page.goto(url);
      return view;
    }
    text(selector: string): Promise<unknown> {
      return this.page.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);
    }
    /** Returns the texts of a column, from the top. */
    column(name: string): Promise<unknown> {
      return this.page.evaluate(
        `[...document.querySelectorAll('td[data-column="${name}"]')].map((cell) => cell.textContent)`,
      );
    }
    callees(): Promise<unknown> {
      return this.column("callee");
    }
    accounts(): Promise<unknown> {
      return this.page.evaluate(
        `Object.fromEntries([...document.querySelectorAll("#accounts li")].map((item) => [item.firstChild.textContent, item.lastChild.textContent]))`,
      );
    }
  }

  it("shows the calls of all accounts, and does not treat their texts as markup", async () => {
    const { client } = await openClient({
      calls: {
        "tencent-ccc": [
          activeCall("008613800138001"),
          activeCall(HOSTILE, { startedAt: ago(3 * MINUTE), row: { StaffEmail: "<b>王芳</b>@example.com" } }),
        ],
        "huawei-cec": [activeCall("张伟", { startedAt: ago(2 * MINUTE), answeredAt: null })],
      },
    });
    const view = await View.open((await openServer(client)).url);
    await eventually(() => view.callees()).toEqual(["008613800138001", HOSTILE, "张伟"]);
    expect(await view.column("state")).toEqual(["talking", "talking", "ringing"]);
    expect(await view.column("account")).toEqual(["华南客服", "华南客服", "huawei-cec"]);
    expect(await view.column("agent")).toEqual(expect.arrayContaining(["<b>王芳</b>@example.com"]));
    expect(await view.accounts()).toEqual({
      华南客服: "2",
      "huawei-cec": "1",
      itniotech: "this vendor does not list active calls.",
    });
    expect(await view.text("#connection")).toBe("Live");
    expect(await view.text("#summary")).toMatch(/^3 calls, as of /);
    expect(await view.page.title()).toBe("Active calls");
    expect(await view.page.evaluate(`document.querySelectorAll("main img, main b:not(li > b)").length`)).toBe(0);
    expect(view.problems).toEqual([]);
  });

  it("updates durations every second, by the server's clock", async () => {
    const { client } = await openClient({
      calls: {
        "tencent-ccc": [activeCall("008613800138001", { answeredAt: ago(70 * MINUTE), startedAt: ago(71 * MINUTE) })],
      },
    });
    const { url } = await openServer(client, { intervalMs: MINUTE });
    const view = await View.open(url);
    await eventually(() => view.column("duration")).toEqual([expect.stringMatching(/^1:10:\d\d$/)]);
    const first = await view.column("duration");
    // The server sends nothing more for a minute, so the page itself counts.
    await eventually(() => view.column("duration")).not.toEqual(first);
    expect(view.problems).toEqual([]);
  });

  it("removes a call that has ended, and shows one that has started", async () => {
    const now = Date.now();
    const { client, advance } = await openClient({
      calls: {
        "tencent-ccc": [
          activeCall("008613800138001"),
          activeCall("008613800138002", { endedAt: new Date(now + MINUTE) }),
          activeCall("008613800138003", { startedAt: new Date(now + MINUTE) }),
        ],
      },
    });
    const view = await View.open((await openServer(client)).url);
    await eventually(() => view.callees()).toEqual(["008613800138001", "008613800138002"]);
    await view.page.evaluate(`document.querySelector("tbody tr").dataset.kept = "yes"`);
    advance(2 * MINUTE);
    await eventually(() => view.callees()).toEqual(["008613800138001", "008613800138003"]);
    // The row of a call that is still active is not replaced, so a selection in it remains.
    expect(await view.page.evaluate(`document.querySelector("tbody tr").dataset.kept`)).toBe("yes");
  });

  it("shows a message when there are no active calls", async () => {
    const { client } = await openClient();
    const view = await View.open((await openServer(client)).url);
    await eventually(() => view.page.evaluate(`document.querySelector("#none").checkVisibility()`)).toBe(true);
    expect(await view.page.evaluate(`document.querySelector("table").checkVisibility()`)).toBe(false);
  });

  it("shows the failure of an account beside the calls of the others, and its calls after recovery", async () => {
    const { client, emulator } = await openClient({
      calls: { "tencent-ccc": [activeCall("008613800138001")], "huawei-cec": [activeCall("13800138003")] },
    });
    emulator.inject("http-503", { vendor: "tencent-ccc", operation: SESSIONS, times: 6 });
    const view = await View.open((await openServer(client)).url);
    await eventually(() => view.accounts()).toMatchObject({
      华南客服: expect.stringContaining("503") as unknown,
      "huawei-cec": "1",
    });
    await eventually(() => view.accounts()).toMatchObject({ 华南客服: "1", "huawei-cec": "1" });
    expect(await view.callees()).toEqual(expect.arrayContaining(["008613800138001", "13800138003"]));
  });

  it("shows a lost connection, and connects again when the server is back", async () => {
    const { client } = await openClient({ calls: { "tencent-ccc": [activeCall("008613800138001")] } });
    const server = await startLiveServer(client, { intervalMs: INTERVAL_MS });
    const view = await View.open(server.url);
    await eventually(() => view.text("#connection")).toBe("Live");
    await server.close();
    await eventually(() => view.text("#connection")).toBe("Connection lost. Trying again…");
    // The last known calls are still shown.
    expect(await view.callees()).toEqual(["008613800138001"]);
    await openServer(client, { port: Number(new URL(server.url).port) });
    await eventually(() => view.text("#connection")).toBe("Live");
    expect(view.problems).toEqual([]);
  });

  it("connects again after an error response of a proxy", async () => {
    const { client } = await openClient();
    const server = await startLiveServer(client, { intervalMs: INTERVAL_MS });
    const view = await View.open(server.url);
    await eventually(() => view.text("#connection")).toBe("Live");
    const port = Number(new URL(server.url).port);
    const proxy = createServer((_, response) => response.writeHead(502).end());
    await server.close();
    await once(proxy.listen(port, "127.0.0.1"), "listening");
    // 2 is CLOSED: the browser does not connect again automatically.
    await eventually(() => view.page.evaluate("source.readyState")).toBe(2);
    proxy.close();
    proxy.closeAllConnections();
    await once(proxy, "close");
    expect(await view.text("#connection")).toBe("Connection lost. Trying again…");
    await openServer(client, { port });
    await eventually(() => view.text("#connection")).toBe("Live");
  });

  it("shows a message when no update arrives for a while", async () => {
    const { client } = await openClient();
    const view = await View.open((await openServer(client, { intervalMs: MINUTE })).url);
    await eventually(() => view.text("#connection")).toBe("Live");
    await view.page.evaluate("const now = Date.now; Date.now = () => now() + 30_000");
    await eventually(() => view.text("#connection")).toBe(
      "No update for a while. The server or a vendor does not respond.",
    );
  });

  it("disconnects while it is hidden", async () => {
    const { client } = await openClient();
    const server = await openServer(client);
    const view = await View.open(server.url);
    await eventually(() => view.text("#connection")).toBe("Live");
    expect(await view.page.evaluate("source.readyState")).toBe(1);
    const setHidden = (hidden: boolean) =>
      view.page.evaluate(
        `Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true }); document.dispatchEvent(new Event("visibilitychange"))`,
      );
    await setHidden(true);
    expect(await view.page.evaluate("source.readyState")).toBe(2);
    await setHidden(false);
    await eventually(() => view.page.evaluate("source.readyState")).toBe(1);
  });

  it("blocks other scripts, and fits the screen of a telephone", async () => {
    const { client } = await openClient({
      calls: { "tencent-ccc": [activeCall("0".repeat(60)), activeCall("008613800138001")] },
    });
    const view = await View.open((await openServer(client)).url);
    await eventually(() => view.callees()).toHaveLength(2);
    expect(
      await view.page
        .evaluate(
          `new Promise((resolve) => {
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => resolve(effectiveDirective));
      const script = document.createElement("script");
      script.src = "data:text/javascript,document.title='broken in'";
      document.body.append(script);
    })`,
        )
        .catch(String),
    ).toMatch(/script-src|TrustedScriptURL/);
    await view.page.setViewport({ width: 320, height: 640 });
    expect(await view.page.evaluate("document.documentElement.scrollWidth")).toBe(320);
    expect(await view.page.title()).toBe("Active calls");
  });
});

/** Yields the snapshots of a connection, one for each event. */
async function* eventsOf(url: string, signal: AbortSignal): AsyncGenerator<Snapshot, void, undefined> {
  const { body } = await fetch(new URL("events", url), { signal });
  if (body === null) throw new Error("There is no body.");
  let text = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const [rest = "", ...events] = (text + chunk).split("\n\n").reverse();
    text = rest;
    for (const event of events.reverse())
      if (event.startsWith("data: ")) yield JSON.parse(event.slice("data: ".length)) as Snapshot;
  }
}

describe("the server", () => {
  const sessionsRead = ({ requests }: VendorEmulator) =>
    requests.filter(({ operation }) => operation === SESSIONS).length;

  /** Opens a viewer, which watches until the test ends or it leaves. */
  function viewer(url: string) {
    const stop = new AbortController();
    const leave = () => {
      stop.abort();
      return Promise.resolve();
    };
    opened.push({ close: leave });
    const events = eventsOf(url, stop.signal);
    return {
      leave,
      next: async (): Promise<Snapshot> => {
        const { value } = await events.next();
        if (value === undefined) throw new Error("The events have ended.");
        return value;
      },
    };
  }

  it("requests the calls once for all viewers, and not at all without viewers", async () => {
    const { client, emulator } = await openClient({ calls: { "tencent-ccc": [activeCall("008613800138001")] } });
    const { url } = await openServer(client);
    await fetch(url);
    expect(emulator.requests).toEqual([]);

    const viewers = Array.from({ length: 5 }, () => viewer(url));
    const seen = await Promise.all(viewers.map(async ({ next }) => [await next(), await next(), await next()]));
    for (const snapshots of seen)
      expect(snapshots.map(({ calls }) => calls.map(({ callee }) => callee))).toEqual(
        Array.from({ length: 3 }, () => ["008613800138001"]),
      );
    const times = new Set(seen.flat().map(({ at }) => at));
    // Each reading was sent to all viewers. One more may be in progress.
    expect(sessionsRead(emulator)).toBeLessThanOrEqual(times.size + 1);

    await Promise.all(viewers.map(({ leave }) => leave()));
    emulator.clearRequests();
    // Meanwhile the viewer of another server causes thirty readings.
    const { next } = viewer((await openServer(client)).url);
    for (let count = 0; count < 30; count += 1) await next();
    expect(sessionsRead(emulator)).toBeLessThan(40);
  });

  it("sends no additional requests when viewers come and go", async () => {
    const { client, emulator } = await openClient();
    const { url } = await openServer(client, { intervalMs: MINUTE });
    for (let visit = 0; visit < 10; visit += 1) {
      const { next, leave } = viewer(url);
      await next();
      await leave();
    }
    expect(sessionsRead(emulator)).toBe(1);
  });

  it("reads a failing account less and less often, and the others at the usual interval", async () => {
    const { client, emulator } = await openClient({ calls: { "huawei-cec": [activeCall("13800138003")] } });
    emulator.inject("http-503", { vendor: "tencent-ccc", operation: SESSIONS, times: Infinity });
    const { next } = viewer((await openServer(client)).url);
    for (let count = 0; count < 60; count += 1) {
      const { calls, accounts } = await next();
      expect(calls.map(({ callee }) => callee)).toEqual(["13800138003"]);
      expect(accounts.map(({ account, status }) => [account, status])).toEqual([
        ["华南客服", "failed"],
        ["huawei-cec", "complete"],
        ["itniotech", "unsupported"],
      ]);
    }
    expect(sessionsRead(emulator)).toBeGreaterThan(2);
    expect(sessionsRead(emulator)).toBeLessThan(20);
    expect(
      emulator.requests.filter(({ operation }) => operation === "queryCallDetailRecord").length,
    ).toBeGreaterThanOrEqual(60);
  });

  it("sends no requests while all accounts are paused", async () => {
    const { client, emulator } = await openClient();
    const providers = client.capabilities().map(({ account }) => account);
    for (const vendor of ["tencent-ccc", "huawei-cec"] as const)
      emulator.inject("http-503", { vendor, times: Infinity });
    const { next } = viewer((await openServer(client)).url);
    for (let count = 0; count < 60; count += 1)
      expect((await next()).accounts.map(({ account }) => account)).toEqual(providers);
    expect(emulator.requests.length).toBeLessThan(60);
  });

  it("queues nothing for a slow viewer, who then receives the newest snapshot", async () => {
    const newest = "008613900000000";
    const calls = Array.from({ length: 100 }, (_, index) => activeCall(String(index).repeat(2000)));
    const { client, advance } = await openClient({
      calls: { "tencent-ccc": [...calls, activeCall(newest, { startedAt: new Date(Date.now() + MINUTE) })] },
    });
    const { url } = await openServer(client, { intervalMs: 1 });
    const slow = openEvents(url);
    slow.pause();
    const fast = viewer(url);
    let sent = 0;
    for (; sent < 60; sent += 1) await fast.next();
    advance(2 * MINUTE);
    while ((await fast.next()).calls.length === calls.length) sent += 1;
    expect((await readUntil(slow, newest)).match(/^data: /gm)?.length).toBeLessThan(sent / 2);
  });

  it("sends comments as a heartbeat on an idle connection", async () => {
    const { client } = await openClient();
    const { url } = await openServer(client, { intervalMs: MINUTE });
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const socket = openEvents(url);
      await readUntil(socket, "data: ");
      vi.advanceTimersByTime(15_000);
      await readUntil(socket, ": still here\n\n");
    } finally {
      vi.useRealTimers();
    }
  });

  it("serves only the page and its events, with headers that protect them", async () => {
    const { client } = await openClient();
    const { url } = await openServer(client);
    expect(new URL(url).hostname).toBe("127.0.0.1");
    const page = await fetch(url);
    expect(page.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self';/,
    );
    expect(Object.fromEntries(page.headers)).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
    });
    expect((await fetch(new URL("page.html", url))).status).toBe(404);
    expect((await fetch(`${url}/`)).status).toBe(404);
    const posted = await fetch(url, { method: "POST" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET"]);
    for (const response of [page, posted]) await response.text();
  });
});

/** Requests the events over a socket, which the caller reads. */
function openEvents(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding("utf8");
  opened.push({ close: () => Promise.resolve(socket.destroy()) });
  socket.write(`GET /events HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  return socket;
}

/** Reads a connection up to a text, and returns what was received. */
async function readUntil(socket: Socket, text: string): Promise<string> {
  let received = "";
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    received += String(chunk);
    if (received.includes(text)) return received;
  }
  throw new Error(`The connection ended before: ${text}`);
}

it("the example serves calls, and ends on SIGTERM", { timeout: 60_000 }, async () => {
  const { child, outcome } = startExample("live-calls", [], { PORT: "0" });
  for await (const line of createInterface(child.stdout)) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (url === undefined) continue;
    const { value } = await eventsOf(url, new AbortController().signal).next();
    expect(value?.calls.length).toBeGreaterThan(0);
    // The active viewer must not delay the end.
    child.kill("SIGTERM");
  }
  expect((await outcome).code).toBe(0);
});
