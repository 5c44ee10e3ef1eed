import { CallRecordsClient, providersFromEnvironment } from "call-records";
import { RANGE } from "./range.js";

// Started by node-proxy.test.ts as a process of its own. Prints how many calls each account has.
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
