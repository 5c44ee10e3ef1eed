/**
 * A web service that exports calls as lines of JSON or as CSV: run `npx tsx examples/export-service/run.ts`, then the curl command that it prints. HOST and PORT
 * set its address, by default 127.0.0.1 and 8080. ALLOWED_HOSTS lists further host names, separated by commas. Ctrl-C or SIGTERM ends it after the active
 * exports.
 */
import { CallRecordsClient } from "call-records";
import { openVendors } from "../vendors.js";
import { startExportService } from "./export-service.js";

/** Less than the grace period between SIGTERM and SIGKILL, which is 30 s in Kubernetes. */
const GRACE_MS = 25_000;
const { HOST, PORT = "8080", ALLOWED_HOSTS = "" } = process.env;
const allowedHosts = ALLOWED_HOSTS.split(",").filter((name) => name !== "");

const vendors = await openVendors();
// One client for all exports, so that together they obey the rate limit of each account.
const client = new CallRecordsClient({ providers: vendors.providers });
const service = await startExportService(client, {
  port: Number(PORT),
  allowedHosts,
  ...(HOST === undefined ? {} : { host: HOST }),
});
const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
console.log(`curl '${service.url}calls?from=${day(7)}T00:00:00Z&to=${day(0)}T00:00:00Z&format=csv'`);

const stop = async () => {
  await service.close(GRACE_MS);
  await client.close();
  await vendors.close();
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
