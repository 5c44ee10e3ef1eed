import { CallRecordsClient, providersFromEnvironment } from "call-records";
import { RANGE } from "./range.js";

// Started by node-proxy.test.ts in a separate process. Prints the status of each account, and whether it has calls.
const client = new CallRecordsClient({ providers: providersFromEnvironment() });
const stream = client.records(RANGE);
await stream.toArray({ max: 10_000 });
console.log(
  JSON.stringify(
    Object.fromEntries(
      stream
        .report()
        .accounts.map(({ account, status, rows }) => [account, `${status}: ${rows > 0 ? "calls" : "none"}`]),
    ),
  ),
);
await client.close();
