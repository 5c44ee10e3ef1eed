/**
 * Receives the pushes of the vendors, and syncs the calls that they point to: `npx tsx examples/push/run.ts`. With credentials in the environment, it prints the
 * addresses to enter in the vendors' consoles, and runs until Ctrl-C. Without them, it sends itself the pushes of emulated vendors, one of them twice, and ends.
 * PUSH_SECRET is the secret part of the addresses, of at least 16 characters (default: a random one), PORT the port, and HOST the address on which it listens (default 127.0.0.1).
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type CallRecord, CallRecordsClient, MemoryCheckpointStore } from "call-records";
import { stopSignal } from "../stop-signal.js";
import { openVendors } from "../vendors.js";
import { pushOf } from "./emulated-pushes.js";
import { startPushServer } from "./push-server.js";
import { PushedSync } from "./pushed-sync.js";

const DAY_MS = 86_400_000;
const { PUSH_SECRET: secret = "", PORT: port = "0", HOST: host = "127.0.0.1" } = process.env;
const pathSecret = secret === "" ? randomUUID() : secret;

const vendors = await openVendors({ days: 3, callsPerDay: 40 });
const client = new CallRecordsClient({ providers: vendors.providers });
const accounts = vendors.providers.map(({ account }) => account);
const from = new Date(Date.now() - DAY_MS);
const sync = new PushedSync(client, {
  from,
  store: new MemoryCheckpointStore(),
  onChange: ({ type, record }) => {
    console.log(type, record.account, record.id, record.startedAt.toISOString(), record.outcome ?? record.state);
  },
  onError: (error) => {
    console.error(String(error));
  },
});
const server = await startPushServer(client, {
  senders: new Map(accounts.map((account) => [account, { pathSecret }])),
  onNotices: (notices) => {
    for (const { account, relatedIds, deliveryId } of notices)
      console.log("push", account, Object.values(relatedIds).join(" "), deliveryId);
    sync.add(notices);
    return Promise.resolve();
  },
  host,
  port: Number(port),
});
try {
  if (process.env.TENCENTCLOUD_SECRET_ID ?? process.env.HUAWEI_CEC_APP_KEY ?? process.env.ITNIOTECH_API_KEY) {
    for (const account of accounts) console.log(account, server.addressOf(account));
    await once(stopSignal(), "abort");
  } else {
    const calls = await client.records({ from, to: new Date() }).toArray({ max: 10_000 });
    for (const account of accounts) await send(calls.find((call) => call.account === account));
    await send(calls.find((call) => call.account === accounts[0]));
  }
  await sync.idle();
} finally {
  await server.close();
  await client.close();
  await vendors.close();
}

/** Sends the push of an emulated call, as its vendor does. */
async function send(call: CallRecord | undefined): Promise<void> {
  if (call === undefined) return;
  const { query = {}, headers = {}, body } = pushOf(call);
  const address = `${server.addressOf(call.account)}?${new URLSearchParams(query as Record<string, string>).toString()}`;
  const response = await fetch(address, { method: "POST", headers: headers as Record<string, string>, body });
  console.log("reply", call.account, response.status, await response.text());
}
