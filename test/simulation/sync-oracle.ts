import { inspect } from "node:util";
import { AbortedError, CallRecordsError, CheckpointError, type CallRecord } from "../../src/index.js";
import type { VendorId } from "../../src/testing/index.js";
import { StoreFailed } from "./crashing-store.js";
import { type EditedCall, REMARK, remarkAt } from "./sync-history.js";
import type { PassRun, SyncRun } from "./sync-simulation.js";

/** Every promise of `sync` that a run has broken. Empty: all were kept. */
export function brokenSyncPromises(run: SyncRun): string[] {
  return [...run.passes.flatMap((pass, index) => [...deliveries(run, pass, index), ...claims(run, pass, index), ...ending(run, pass, index)]), ...atTheEnd(run)];
}

function remarkOf(vendor: VendorId, record: CallRecord): unknown {
  const { raw } = record;
  return typeof raw === "object" && raw !== null ? Reflect.get(raw, REMARK[vendor]) : undefined;
}

const isVendor = (run: SyncRun, account: string) => run.histories.find(({ vendor }) => vendor === account);

/** What is handed out is new, or has changed, or had come in a batch that was never committed. */
function* deliveries(run: SyncRun, pass: PassRun, index: number): Generator<string> {
  const before = new Map(run.passes[index - 1]?.table ?? []);
  for (const { account, type, record, known, mayRepeat } of pass.deliveries) {
    const name = `pass ${index}: ${account} ${record.id}`;
    const history = isVendor(run, account);
    const call = history?.calls.find(({ id }) => id === record.id);
    if (history === undefined || call === undefined) {
      yield `handed out, but unknown to the vendor: ${name}`;
      continue;
    }
    if (call.startedAt !== record.startedAt.getTime()) yield `started at another time than it is said to: ${name}`;
    const earlier = before.get(`${account} ${record.id}`);
    before.set(`${account} ${record.id}`, record);
    if (mayRepeat) continue;
    if (type === "new" && known) yield `new, and known: ${name}`;
    if (type === "updated" && !known) yield `updated, and never new: ${name}`;
    if (type === "updated" && earlier !== undefined && sameContent(earlier, record)) yield `updated, and nothing has changed: ${name}`;
  }
}

/** All but the link, which is signed anew each time. */
function sameContent(one: CallRecord, other: CallRecord): boolean {
  const content = ({ raw }: CallRecord) => JSON.stringify(raw, (name, value: unknown) => (name === "RecordURL" ? undefined : value));
  return content(one) === content(other);
}

function holds(intervals: readonly { from: string; to: string }[], instant: number): boolean {
  return intervals.some(({ from, to }) => Date.parse(from) <= instant && instant < Date.parse(to));
}

/** What is called complete is in the table, in its last form; now, and hence for ever. */
function* claims(run: SyncRun, pass: PassRun, index: number): Generator<string> {
  for (const { vendor, calls } of run.histories) {
    const coverage = pass.coverage.find(({ account }) => account === vendor);
    const report = pass.report.accounts.find(({ account }) => account === vendor);
    for (const call of calls) {
      const claimed = holds(coverage?.coverage ?? [], call.startedAt) ? "complete" : holds(report?.coverage ?? [], call.startedAt) ? "covered in the report" : null;
      if (claimed !== null) yield* inLastForm(vendor, call, pass.table, `pass ${index}, called ${claimed}`);
    }
  }
}

function* inLastForm(vendor: VendorId, call: EditedCall, table: PassRun["table"], when: string): Generator<string> {
  const record = table.get(`${vendor} ${call.id}`);
  if (record === undefined) yield `${when}: lost: ${vendor} ${call.id}`;
  else if (record.state !== "ended") yield `${when}: not in its last form: ${vendor} ${call.id} is ${record.state}`;
  else if (remarkOf(vendor, record) !== remarkAt(call, Number.POSITIVE_INFINITY)) yield `${when}: not in its last form: ${vendor} ${call.id} has ${String(remarkOf(vendor, record))}`;
}

function* ending({ scenario, passes }: SyncRun, { thrown, endedByConsumer, report }: PassRun, index: number): Generator<string> {
  const crash = scenario.passes[index]?.crash ?? null;
  const isLast = index === passes.length - 1;
  if (thrown !== null && !endedByConsumer) {
    const leavesBatches = scenario.keeper === "store" && (scenario.passes[index]?.commitEvery ?? 1) > 1;
    const expected = thrown instanceof CheckpointError ? leavesBatches : thrown instanceof StoreFailed ? crash?.type === "save" : thrown instanceof AbortedError ? crash?.type === "abort" : thrown instanceof CallRecordsError && (scenario.passes[index]?.faults.share ?? 0) > 0;
    if (!expected) yield `pass ${index}: an error that nothing here accounts for: ${inspect(thrown)}`;
  }
  if (isLast) for (const { account, status, gaps, error } of report.accounts) if (status !== "complete") yield `nothing was wrong with ${account} at last, and yet: ${inspect({ status, gaps, error })}`;
}

/** When everything has settled, the table is the vendor's history. */
function* atTheEnd({ histories, passes, from }: SyncRun): Generator<string> {
  const last = passes.at(-1);
  if (last === undefined) return;
  for (const { vendor, calls } of histories) {
    for (const call of calls) if (call.startedAt >= from) yield* inLastForm(vendor, call, last.table, "at the end");
    const coverage = last.coverage.find(({ account }) => account === vendor);
    const due = calls.filter(({ startedAt }) => startedAt >= from && !holds(coverage?.coverage ?? [], startedAt));
    for (const { id } of due) yield `at the end: not called complete: ${vendor} ${id}`;
  }
}
