import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type CallRecord, type PushNotice } from "call-records";
import { startVendorEmulator } from "call-records/testing";
import { pushOf } from "../../examples/push/emulated-pushes.js";
import { type PushServerOptions, startPushServer } from "../../examples/push/push-server.js";
import type { SenderRule } from "../../examples/push/verify-sender.js";
import { runExample } from "./example-process.js";

const SECRET = "a-secret-of-the-tests";
const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const resource of opened.splice(0).reverse()) await resource.close();
});

/** Starts a server for the pushes of emulated vendors. */
async function open(rule: Partial<SenderRule> = {}, options: Partial<PushServerOptions> = {}) {
  const emulator = await startVendorEmulator({ days: 3, callsPerDay: 20 });
  const client = emulator.client();
  opened.push(emulator, client);
  const notices: PushNotice[] = [];
  const senders = new Map([...emulator.accounts.keys()].map((account) => [account, { pathSecret: SECRET, ...rule }]));
  const server = await startPushServer(client, {
    senders,
    onNotices: (received) => {
      notices.push(...received);
      return Promise.resolve();
    },
    ...options,
  });
  opened.push(server);
  const calls = await client
    .records({ from: new Date(Date.now() - 2 * 86_400_000), to: new Date() })
    .toArray({ max: 1000 });
  const call = (account: string) => calls.find((one) => one.account === account) ?? fail(account);
  return { server, notices, call };
}

function fail(account: string): never {
  throw new TypeError(`${account} has no call.`);
}

async function send(address: string, call: CallRecord, changes: RequestInit = {}) {
  const { query = {}, body } = pushOf(call);
  const url = `${address}?${new URLSearchParams(query as Record<string, string>).toString()}`;
  const response = await fetch(url, { method: "POST", body, ...changes });
  return [response.status, await response.text()];
}

describe("the server for pushes", () => {
  it.each([
    ["tencent-ccc", '{"ErrCode":0,"ErrMsg":""}'],
    ["huawei-cec", '{"retCode":"0","retMsg":"success"}'],
    ["itniotech", ""],
  ])("passes on a push of %s once, and sends the expected response each time", async (account, reply) => {
    const { server, notices, call } = await open();
    for (let repetition = 0; repetition < 3; repetition += 1)
      expect(await send(server.addressOf(account), call(account))).toEqual([200, reply]);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ account });
  });

  it("passes on a push again that could not be passed on", async () => {
    let attempts = 0;
    const { server, call } = await open(
      {},
      {
        onNotices: () => {
          attempts += 1;
          return attempts === 1 ? Promise.reject(new Error("The queue is full.")) : Promise.resolve();
        },
      },
    );
    expect(await send(server.addressOf("itniotech"), call("itniotech"))).toEqual([500, ""]);
    expect(await send(server.addressOf("itniotech"), call("itniotech"))).toEqual([200, ""]);
    expect(attempts).toBe(2);
  });

  it("refuses strangers, without saying what was wrong", async () => {
    const rule = { basic: { user: "tencent", password: "p4ssword" } };
    const { server, notices, call } = await open(rule);
    const address = server.addressOf("tencent-ccc");
    const authorization = (text: string) => ({ headers: { Authorization: text } });
    const basic = (text: string) => authorization(`Basic ${Buffer.from(text).toString("base64")}`);
    for (const [url, changes] of [
      [address, {}],
      [address, basic("tencent:wrong")],
      [address, authorization("Bearer p4ssword")],
      [address.replace(SECRET, `${SECRET}x`), basic("tencent:p4ssword")],
      [address.replace(`/${SECRET}`, ""), basic("tencent:p4ssword")],
      [address.replace("tencent-ccc", "stranger"), basic("tencent:p4ssword")],
      [address, { ...basic("tencent:p4ssword"), method: "PUT" }],
    ] as const)
      expect(await send(url, call("tencent-ccc"), changes)).toEqual([404, ""]);
    expect(notices).toEqual([]);
    expect((await send(address, call("tencent-ccc"), basic("tencent:p4ssword")))[0]).toBe(200);
    expect(notices).toHaveLength(1);
  });

  it.each(["//", "/push/%E0%A4%A/x", "/push/itniotech/%", "/push/itniotech", "/", "/push/itniotech/?"])(
    "survives a request for %s",
    async (target) => {
      const { server, call } = await open();
      const { hostname, port } = new URL(server.addressOf("itniotech"));
      const status = await new Promise((resolve, reject) => {
        request({ hostname, port, path: target, method: "POST" }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on("error", reject)
          .end("{}");
      });
      expect(status).toBe(404);
      expect((await send(server.addressOf("itniotech"), call("itniotech")))[0]).toBe(200);
    },
  );

  it("survives a client that disconnects in the middle of its body", async () => {
    const { server, call } = await open();
    const address = new URL(server.addressOf("itniotech"));
    const socket = connect(Number(address.port), address.hostname);
    socket.write(`POST ${address.pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"callSession`);
    await once(socket, "ready");
    socket.resetAndDestroy();
    await once(socket, "close");
    expect((await send(server.addressOf("itniotech"), call("itniotech")))[0]).toBe(200);
  });

  it("passes on simultaneous repetitions once", async () => {
    const { server, notices, call } = await open();
    const address = server.addressOf("huawei-cec");
    const replies = await Promise.all([1, 2, 3].map(() => send(address, call("huawei-cec"))));
    expect(replies.map(([status]) => status)).toEqual([200, 200, 200]);
    expect(notices).toHaveLength(1);
  });

  it("refuses to start with a secret that can be guessed", async () => {
    for (const pathSecret of ["", "s3cret"]) await expect(open({ pathSecret })).rejects.toThrow(RangeError);
  });

  it("accepts either of two ways to sign in, whatever the case of their name", async () => {
    const { server, call } = await open({ bearer: "a-token", basic: { user: "u", password: "p" } });
    const address = server.addressOf("tencent-ccc");
    for (const Authorization of ["bearer a-token", `BASIC ${Buffer.from("u:p").toString("base64")}`])
      expect((await send(address, call("tencent-ccc"), { headers: { Authorization } }))[0]).toBe(200);
  });

  it("accepts the token that Tencent was given", async () => {
    const { server, call } = await open({ bearer: "a-token" });
    const address = server.addressOf("tencent-ccc");
    expect((await send(address, call("tencent-ccc")))[0]).toBe(404);
    const headers = { Authorization: "Bearer a-token" };
    expect((await send(address, call("tencent-ccc"), { headers }))[0]).toBe(200);
  });

  it("refuses what is no push, and continues", async () => {
    const { server, notices, call } = await open();
    const address = server.addressOf("huawei-cec");
    const post = async (body: string) => (await fetch(address, { method: "POST", body })).status;
    expect(await post("not JSON")).toBe(400);
    expect(await post("{}")).toBe(400);
    expect(await send(address, call("itniotech"))).toEqual([400, ""]);
    expect(await post("x".repeat(1_048_577))).toBe(413);
    expect((await send(address, call("huawei-cec")))[0]).toBe(200);
    expect(notices).toHaveLength(1);
  });
});

describe("the example", () => {
  it("receives a push of each vendor, and syncs the calls", { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await runExample("push", [], {});
    expect(code, stderr).toBe(0);
    for (const account of ["tencent-ccc", "huawei-cec", "itniotech"]) {
      expect(stdout.match(new RegExp(`^push ${account} `, "gm"))).toHaveLength(1);
      expect(stdout).toMatch(new RegExp(`^new ${account} `, "m"));
    }
    expect(stdout.match(/^reply tencent-ccc 200 /gm)).toHaveLength(2);
  });
});
