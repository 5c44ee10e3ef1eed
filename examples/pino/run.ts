/**
 * Reads a week of calls and logs the events of the client: `npx tsx examples/pino/run.ts`. The log is written to standard error as JSON lines. LOG_LEVEL sets its
 * level, such as `debug` or `trace`.
 */
import { CallRecordsClient } from "call-records";
import { destination, pino } from "pino";
import { openVendors } from "../vendors.js";
import { logEvents } from "./log-events.js";

const logger = pino(
  { name: "call-records-example", level: process.env.LOG_LEVEL ?? "info" },
  destination({ dest: 2, sync: true }),
);
const vendors = await openVendors();
const client = new CallRecordsClient({ providers: vendors.providers, onEvent: logEvents(logger) });
try {
  const to = new Date();
  const from = new Date(to.getTime() - 7 * 86_400_000);
  const stream = client.records({ from, to, raw: false });
  let calls = 0;
  for await (const batch of stream.batches()) calls += batch.length;
  for (const { account, status, rows, windows, requests, retries, waitedMs } of stream.report().accounts) {
    logger.info({ account, status, rows, windows, requests, retries, waitedMs }, "account read");
  }
  console.log(`${calls} calls were read.`);
} finally {
  await client.close();
  await vendors.close();
}
