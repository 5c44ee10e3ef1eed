/**
 * The main features in one script: 30 days of calls of every account, usage, active calls, which intervals are verified, and a database of the calls.
 *
 * `npm run demo` runs it. With credentials in the environment it uses the real vendors, otherwise an emulator on this machine.
 */
import { CallRecordsClient, type CallRecord } from "call-records";
import { showDatabase } from "./demo-database.js";
import { openVendors } from "./vendors.js";

const DAY_MS = 86_400_000;

const vendors = await openVendors({ latencyMs: 20 });
const client = new CallRecordsClient({ providers: vendors.providers });
const to = new Date();
const from = new Date(to.getTime() - 30 * DAY_MS);
try {
  await showRecords(client, from, to);
  await showUsage(client, from, to);
  await showActiveCalls(client);
  await showDatabase(client, "calls.db", from);
} finally {
  await client.close();
  await vendors.close();
}

async function showRecords(client: CallRecordsClient, from: Date, to: Date): Promise<void> {
  const counters = new Map<
    string,
    { calls: number; inbound: number; outbound: number; answered: number; talkMinutes: number }
  >();
  const latest: CallRecord[] = [];
  const began = Date.now();
  let rows = 0;

  const stream = client.records({ from, to, order: "time", raw: false });
  for await (const call of stream) {
    const counter = counters.get(call.account) ?? { calls: 0, inbound: 0, outbound: 0, answered: 0, talkMinutes: 0 };
    counter.calls += 1;
    if (call.direction === "inbound") counter.inbound += 1;
    if (call.direction === "outbound") counter.outbound += 1;
    if (call.outcome === "answered") counter.answered += 1;
    counter.talkMinutes += (call.talkSeconds ?? 0) / 60;
    counters.set(call.account, counter);
    latest.push(call);
    if (latest.length > 10) latest.shift();
    rows += 1;
    if (rows % 1000 === 0) progress(`${rows} calls, up to ${call.startedAt.toISOString().slice(0, 10)}`);
  }
  progress(`${rows} calls in ${((Date.now() - began) / 1000).toFixed(1)} s\n`);

  console.log(`\nCalls from ${from.toISOString()} to ${to.toISOString()}`);
  console.table(
    Object.fromEntries(
      [...counters].map(([account, counter]) => [
        account,
        { ...counter, talkMinutes: Math.round(counter.talkMinutes) },
      ]),
    ),
  );

  console.log("The latest ten");
  console.table(
    latest.map((call) => ({
      started: call.startedAt.toISOString(),
      account: call.account,
      direction: call.direction,
      state: call.state,
      outcome: call.outcome,
      caller: call.caller?.number ?? call.caller?.protectedId ?? null,
      callee: call.callee?.number ?? call.callee?.protectedId ?? null,
      agent: call.agent?.name ?? null,
      talkSeconds: call.talkSeconds,
    })),
  );

  console.log("Completeness");
  for (const account of stream.report().accounts) {
    console.log(
      `  ${account.account}: ${account.status}, ${account.windows} windows in ${account.requests} requests, ${account.duplicates} duplicate rows removed`,
    );
    for (const { from, to } of account.coverage) console.log(`    verified   ${from} to ${to}`);
    for (const { from, to } of account.unsettled)
      console.log(`    unsettled  ${from} to ${to} (calls may still be added or change)`);
    for (const { from, to, reason } of account.gaps) console.log(`    gap        ${from} to ${to} (${reason})`);
  }
}

async function showUsage(client: CallRecordsClient, from: Date, to: Date): Promise<void> {
  const { summaries } = await client.usage({ from, to });
  console.log("\nUsage");
  console.table(
    summaries.map(({ account, application, source, calls, minutes, seats }) => ({
      account,
      application,
      source,
      calls: calls?.total ?? null,
      "minutes out": minutes.outbound,
      "minutes in": minutes.inbound,
      "minutes VoIP": minutes.voip,
      seats,
    })),
  );
}

async function showActiveCalls(client: CallRecordsClient): Promise<void> {
  const { calls, accounts } = await client.activeCalls();
  console.log("Active calls");
  console.table(
    calls.map((call) => ({
      account: call.account,
      state: call.state,
      direction: call.direction,
      since: call.startedAt.toISOString(),
      agent: call.agent?.id ?? null,
    })),
  );
  for (const { account, status } of accounts) if (status !== "complete") console.log(`  ${account}: ${status}`);
}

/** Overwrites the line on a terminal; elsewhere writes a new line. */
function progress(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text.trimEnd()}\n`);
}
