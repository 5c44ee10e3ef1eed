/**
 * A web service from which calls are downloaded, as lines of JSON or as CSV: `npx tsx examples/export-service/run.ts`, then the curl that it prints. HOST and PORT
 * say where, by default 127.0.0.1 and 8080, and ALLOWED_HOSTS other names under which it is asked for, divided by commas; Ctrl-C or SIGTERM ends it, once the exports
 * that go on have come to their end.
 */
import { CallRecordsClient } from "call-records";
import { openVendors } from "../vendors.js";
import { startExportService } from "./export-service.js";

/** Less than the time after which whoever sends SIGTERM kills: 30 s in Kubernetes. */
const GRACE_MS = 25_000;
const { HOST, PORT = "8080", ALLOWED_HOSTS = "" } = process.env;
const allowedHosts = ALLOWED_HOSTS.split(",").filter((name) => name !== "");

const vendors = await openVendors();
// One for all exports: together they keep to each account's pace.
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
