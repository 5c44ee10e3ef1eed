import { inspect } from "node:util";
import { AbortedError, CallRecordsError, CheckpointError, type CallRecord, RetentionError } from "../../src/index.js";
import type { VendorId } from "../../src/testing/index.js";
import { StoreFailed } from "./crashing-store.js";
import { brokenAtOf } from "./emulated-quirks.js";
import { callOf, isUnaffected, isCrowded, isDeceitful, isHonest, maxRequests, readings } from "./expectations.js";
import { SDK_APP_IDS } from "./simulated-provider.js";
import { type Delivery, nameOf } from "./sync-consumer.js";
import { filteredAt } from "./history.js";
import { type EditedCall, FUTURE_MS, REMARK, remarkAt } from "./sync-history.js";
import { isMistaken, providerIn } from "./sync-options.js";
import { warnedInPass } from "./sync-warned.js";
import { DAY, HOUR, type Pass, PAST_MS, type SyncAccount, type SyncScenario } from "./sync-scenario.js";
import type { PassRun, SyncRun } from "./sync-simulation.js";

/** Returns the violations of `sync` in a run; empty if there are none. */
export function syncViolationsOf(run: SyncRun): string[] {
  return [
    ...run.passes.flatMap((pass, index) => [
      ...deliveries(run, pass, index),
      ...claims(run, pass, index),
      ...ending(run, pass, index),
      ...warnedInPass(run, pass, index),
    ]),
    ...atTheEnd(run),
  ];
}

function remarkOf(vendor: VendorId, record: CallRecord): unknown {
  const { raw } = record;
  return typeof raw === "object" && raw !== null ? Reflect.get(raw, REMARK[vendor]) : undefined;
}

const hasTwins = ({ quirks: { twins } }: SyncAccount) => twins !== undefined;
const historyOf = (run: SyncRun, account: string) =>
  run.histories.find((history) => history.account.vendor === account);

/** Checks that each delivered call is new, has changed, or was in a batch that was not committed. */
function* deliveries(run: SyncRun, pass: PassRun, index: number): Generator<string> {
  const before = new Map(run.passes[index - 1]?.table ?? []);
  // Calls that are read again under other options may be delivered again, because the rows of complete intervals are not remembered.
  const optionsChanged = run.passes.slice(0, index + 1).some((one) => Object.keys(one.pass.options).length > 0);
  for (const { account, type, record, known, mayRepeat } of pass.deliveries) {
    const name = `pass ${index}: ${account} ${record.id}`;
    const history = historyOf(run, account);
    const call = history === undefined ? undefined : callOf(record, history);
    if (history === undefined || call === undefined) {
      yield `delivered, but unknown to the vendor: ${name}`;
      continue;
    }
    const starts = readings(run.scenario, history.account.vendor, call.startedAt);
    if (!starts.includes(record.startedAt.getTime()) && !isMistaken(history.account, run.scenario, pass.pass.options))
      yield `its start is wrong: ${name}`;
    const earlier = before.get(nameOf(record));
    before.set(nameOf(record), record);
    if (mayRepeat || optionsChanged || hasTwins(history.account)) continue;
    if (type === "new" && known) yield `new, but already delivered: ${name}`;
    if (type === "updated" && !known) yield `updated, but never new: ${name}`;
    if (type === "updated" && earlier !== undefined && sameContent(earlier, record))
      yield `updated without a change: ${name}`;
  }
}

/** Whether two records are equal except for the link, which is signed again in each response. */
function sameContent(one: CallRecord, other: CallRecord): boolean {
  const content = ({ raw }: CallRecord) =>
    JSON.stringify(raw, (name, value: unknown) => (name === "RecordURL" ? undefined : value));
  return one.startedAt.getTime() === other.startedAt.getTime() && content(one) === content(other);
}

interface Interval {
  from: string;
  to: string;
}

function holdsInstant(intervals: readonly Interval[], instant: number): boolean {
  return intervals.some(({ from, to }) => Date.parse(from) <= instant && instant < Date.parse(to));
}

/** Checks that all calls of complete intervals are in the table in their final form. */
function* claims(run: SyncRun, pass: PassRun, index: number): Generator<string> {
  for (const { account, calls } of run.histories) {
    const { vendor } = account;
    if (isMistaken(account, run.scenario, pass.pass.options)) continue;
    const coverage = pass.coverage.find((one) => one.account === vendor);
    const report = pass.report.accounts.find((one) => one.account === vendor);
    for (const call of calls) {
      // A report does not include applications that are not read.
      const { firstApplication, mistypedApplication } = pass.pass.options;
      if (vendor === "tencent-ccc" && (firstApplication ?? mistypedApplication) === true && call.place % 2 === 1)
        continue;
      if (isUnknowable(run, account, call, pass)) continue;
      const holds = (intervals: readonly Interval[] = []) =>
        readings(run.scenario, vendor, call.startedAt).every((at) => holdsInstant(intervals, at));
      const claimed = holds(coverage?.coverage) ? "complete" : holds(report?.coverage) ? "covered in the report" : null;
      if (claimed !== null && !isOverwritten(run, account, call, index))
        yield* inLastForm(run, account, call, pass.table, `pass ${index}, reported as ${claimed}`);
    }
  }
}

/** Whether no client can find a call, because it is listed after the look-back or is past the retention. */
function isUnknowable(
  { scenario }: SyncRun,
  { quirks: { keptDays, declaresKept } }: SyncAccount,
  call: EditedCall,
  { startedAt }: PassRun,
): boolean {
  return (
    call.isLate ||
    (keptDays !== undefined &&
      declaresKept !== true &&
      filteredAt(call, scenario.filterTime) < startedAt - (keptDays - 1) * DAY)
  );
}

/**
 * Whether another call with the same id was delivered in a pass after the one in which this call was complete. Nothing distinguishes them then, so the second call
 * replaces the first.
 */
function isOverwritten(
  { scenario, histories, passes }: SyncRun,
  { vendor }: SyncAccount,
  call: EditedCall,
  index: number,
): boolean {
  const history = histories.find(({ account }) => account.vendor === vendor);
  if (history === undefined) return false;
  const isTwin = ({ account, record }: Delivery) =>
    account === vendor && record.id === call.id && callOf(record, history) !== call;
  // Other options or a clock may have made it incomplete again since then. Its row was no longer remembered anyway.
  const wasComplete = ({ coverage }: PassRun) =>
    readings(scenario, vendor, call.startedAt).every((at) =>
      holdsInstant(coverage.find((one) => one.account === vendor)?.coverage ?? [], at),
    );
  const completeIn = passes.findIndex(wasComplete);
  return completeIn >= 0 && passes.slice(completeIn + 1, index + 1).some((pass) => pass.deliveries.some(isTwin));
}

function* inLastForm(
  run: SyncRun,
  account: SyncAccount,
  call: EditedCall,
  table: PassRun["table"],
  when: string,
): Generator<string> {
  const { vendor } = account;
  const application = vendor === "tencent-ccc" ? String(SDK_APP_IDS[call.place % 2]) : null;
  const found = table.get(nameOf({ account: vendor, application, id: call.id }));
  const record = found === undefined || callOf(found, { account, calls: [call] }) === undefined ? undefined : found;
  if (record === undefined) yield `${when}: missing: ${vendor} ${call.id}`;
  else if (record.state !== "ended") yield `${when}: not in its final form: ${vendor} ${call.id} is ${record.state}`;
  else if (!readings(run.scenario, vendor, call.startedAt).includes(record.startedAt.getTime()))
    yield `${when}: not in its final form: ${vendor} ${call.id} starts at ${record.startedAt.toISOString()}`;
  else if (remarkOf(vendor, record) !== remarkAt(call, Number.POSITIVE_INFINITY))
    yield `${when}: not in its final form: ${vendor} ${call.id} has ${String(remarkOf(vendor, record))}`;
}

/** Whether the requested ranges may begin before the declared retention. */
function mayBeTooOld({ accounts }: SyncScenario, { clips }: Pass): boolean {
  return (
    !clips && accounts.some(({ quirks: { keptDays, declaresKept } }) => keptDays !== undefined && declaresKept === true)
  );
}

/** Whether a pass may fail with an error of the vendor. */
function mayFail(scenario: SyncScenario, { faults, options, trouble }: Pass): boolean {
  if (faults.share > 0 || Object.keys(trouble).length > 0) return true;
  return scenario.accounts.some(
    (account) =>
      isDeceitful(account) ||
      isMistaken(account, scenario, options) ||
      (options.mistypedApplication === true && account.vendor === "tencent-ccc"),
  );
}

function* ending(
  { scenario, passes }: SyncRun,
  { pass, thrown, endedByConsumer, report }: PassRun,
  index: number,
): Generator<string> {
  const crash = scenario.passes[index]?.crash ?? null;
  const isLast = index === passes.length - 1;
  if (thrown !== null && !endedByConsumer) {
    const leavesBatches = scenario.checkpointOwner === "store" && (scenario.passes[index]?.commitEvery ?? 1) > 1;
    const expected =
      thrown instanceof CheckpointError
        ? leavesBatches
        : thrown instanceof StoreFailed
          ? crash?.type === "save"
          : thrown instanceof AbortedError
            ? crash?.type === "abort"
            : thrown instanceof RetentionError
              ? mayBeTooOld(scenario, pass)
              : thrown instanceof CallRecordsError && mayFail(scenario, pass);
    if (!expected) yield `pass ${index}: an error that no fault explains: ${inspect(thrown)}`;
  }
  if (!isLast) return;
  for (const { account, status, gaps, error } of report.accounts)
    if (status !== "complete" && isHonestly(scenario, account))
      yield `${account} had no faults in the last pass, but its report has: ${inspect({ status, gaps, error })}`;
}

/** The maximum number of requests for windows that earlier passes could not verify: 160 parts for each list, each twice if it is empty. */
const REREAD_OF_LIST = 320;

function isHonestly(scenario: SyncScenario, label: string): boolean {
  return scenario.accounts.some((account) => account.vendor === label && isHonest(scenario, account));
}

/** Checks that the table is equal to the vendor's history when everything has settled. */
function* atTheEnd(run: SyncRun): Generator<string> {
  const { histories, passes, from, scenario } = run;
  const last = passes.at(-1);
  if (last === undefined) return;
  for (const { account, calls } of histories) {
    const { vendor } = account;
    const [broken] = brokenAtOf(account, run.began - PAST_MS, run.began + FUTURE_MS) ?? [];
    for (const call of calls)
      if (
        call.startedAt >= from &&
        isUnaffected(scenario, account, call, broken?.getTime(), (account.quirks.unit === "day" ? 72 : 3) * HOUR)
      )
        yield* inLastForm(run, account, call, last.table, "at the end, far from the broken instant");
    if (!isHonest(scenario, account)) continue;
    const owed = calls.filter(({ startedAt }) => readings(scenario, vendor, startedAt).every((at) => at >= from));
    for (const call of owed) yield* inLastForm(run, account, call, last.table, "at the end");
    const coverage = last.coverage.find((one) => one.account === vendor)?.coverage ?? [];
    for (const { id, startedAt } of isCrowded(account, calls, scenario.filterTime) ? [] : owed)
      if (!holdsInstant(coverage, startedAt)) yield `at the end: not reported as complete: ${vendor} ${id}`;
    const now = last.startedAt;
    const provider = providerIn(account, scenario, {});
    const max =
      REREAD_OF_LIST * provider.operations.records.partitions({}).length +
      maxRequests({ provider, account, calls, range: { from, to: now }, now, filterTime: scenario.filterTime });
    const requests = last.report.accounts.find((one) => one.account === vendor)?.requests ?? 0;
    if (requests > max) yield `at the end: ${requests} requests for ${vendor}, although ${max} are sufficient`;
  }
}
