/**
 * A web page that shows the active calls and updates itself: run `npx tsx examples/live-calls/run.ts`, then open the address that it prints. HOST and PORT set its
 * address, by default 127.0.0.1 and 8080. ALLOWED_HOSTS lists further host names, separated by commas. Ctrl-C or SIGTERM ends it.
 */
import { CallRecordsClient } from "call-records";
import { openVendors } from "../vendors.js";
import { startLiveServer } from "./live-server.js";

const { HOST, PORT = "8080", ALLOWED_HOSTS = "" } = process.env;
const allowedHosts = ALLOWED_HOSTS.split(",").filter((name) => name !== "");

/** The calls of the emulated vendors: for an hour, new calls start and others end. */
const began = Date.now();
const calls = Array.from({ length: 600 }, (_, index) => {
  const startedAt = began + index * 6000;
  return { startedAt: new Date(startedAt), endedAt: new Date(startedAt + (20 + ((index * 37) % 60)) * 1000) };
});

const vendors = await openVendors({ days: 1, activeCalls: 3, calls: { "tencent-ccc": calls, "huawei-cec": calls } });
// A short timeout, so that a vendor that does not respond is shown as failed within seconds.
const client = new CallRecordsClient({ providers: vendors.providers, timeoutMs: 5000, retry: { attempts: 2 } });
const server = await startLiveServer(client, {
  port: Number(PORT),
  allowedHosts,
  ...(HOST === undefined ? {} : { host: HOST }),
});
console.log(`Active calls: ${server.url}`);

const stop = async () => {
  await server.close();
  await client.close();
  await vendors.close();
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
