import { inspect } from "node:util";
import { AbortedError, CallRecordsError, CheckpointError, type CallRecord, RetentionError } from "../../src/index.js";
import type { VendorId } from "../../src/testing/index.js";
import { StoreFailed } from "./crashing-store.js";
import { brokenAtOf } from "./emulated-quirks.js";
import { callOf, isBeside, isCrowded, isDeceitful, isHonest, mostRequests, readings } from "./expectations.js";
import { SDK_APP_IDS } from "./simulated-provider.js";
import { type Delivery, nameOf } from "./sync-consumer.js";
import { filteredAt } from "./history.js";
import { type EditedCall, FUTURE_MS, REMARK, remarkAt } from "./sync-history.js";
import { isMistaken, providerIn } from "./sync-options.js";
import { warnedInPass } from "./sync-warned.js";
import { DAY, HOUR, type Pass, PAST_MS, type SyncAccount, type SyncScenario } from "./sync-scenario.js";
import type { PassRun, SyncRun } from "./sync-simulation.js";

/** Every promise of `sync` that a run has broken. Empty: all were kept. */
export function brokenSyncPromises(run: SyncRun): string[] {
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

/** What is handed out is new, or has changed, or had come in a batch that was never committed. */
function* deliveries(run: SyncRun, pass: PassRun, index: number): Generator<string> {
  const before = new Map(run.passes[index - 1]?.table ?? []);
  // What is read again under other options may come again: what was complete is no longer remembered row by row.
  const optionsChanged = run.passes.slice(0, index + 1).some((one) => Object.keys(one.pass.options).length > 0);
  for (const { account, type, record, known, mayRepeat } of pass.deliveries) {
    const name = `pass ${index}: ${account} ${record.id}`;
    const history = historyOf(run, account);
    const call = history === undefined ? undefined : callOf(record, history);
    if (history === undefined || call === undefined) {
      yield `handed out, but unknown to the vendor: ${name}`;
      continue;
    }
    const starts = readings(run.scenario, history.account.vendor, call.startedAt);
    if (!starts.includes(record.startedAt.getTime()) && !isMistaken(history.account, run.scenario, pass.pass.options))
      yield `started at another time than it is said to: ${name}`;
    const earlier = before.get(nameOf(record));
    before.set(nameOf(record), record);
    if (mayRepeat || optionsChanged || hasTwins(history.account)) continue;
    if (type === "new" && known) yield `new, and known: ${name}`;
    if (type === "updated" && !known) yield `updated, and never new: ${name}`;
    if (type === "updated" && earlier !== undefined && sameContent(earlier, record))
      yield `updated, and nothing has changed: ${name}`;
  }
}

/** All but the link, which is signed anew each time. */
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

/** What is called complete is in the table, in its last form; now, and hence for ever. */
function* claims(run: SyncRun, pass: PassRun, index: number): Generator<string> {
  for (const { account, calls } of run.histories) {
    const { vendor } = account;
    if (isMistaken(account, run.scenario, pass.pass.options)) continue;
    const coverage = pass.coverage.find((one) => one.account === vendor);
    const report = pass.report.accounts.find((one) => one.account === vendor);
    for (const call of calls) {
      // Of an application that is not read, nothing is said.
      const { firstApplication, mistypedApplication } = pass.pass.options;
      if (vendor === "tencent-ccc" && (firstApplication ?? mistypedApplication) === true && call.place % 2 === 1)
        continue;
      if (isUnknowable(run, account, call, pass)) continue;
      const holds = (intervals: readonly Interval[] = []) =>
        readings(run.scenario, vendor, call.startedAt).every((at) => holdsInstant(intervals, at));
      const claimed = holds(coverage?.coverage) ? "complete" : holds(report?.coverage) ? "covered in the report" : null;
      if (claimed !== null && !isOverwritten(run, account, call, index))
        yield* inLastForm(run, account, call, pass.table, `pass ${index}, called ${claimed}`);
    }
  }
}

/** What is listed behind the look-back, or no longer kept, no client can know of. */
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

/** Whether another call with its id came in a pass after one in which this call was complete: nothing shows that they are two, and the second takes the place of the first. */
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
  // Other options, or a clock, may have made it incomplete again since: what was kept of it was let go of all the same.
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
  if (record === undefined) yield `${when}: lost: ${vendor} ${call.id}`;
  else if (record.state !== "ended") yield `${when}: not in its last form: ${vendor} ${call.id} is ${record.state}`;
  else if (!readings(run.scenario, vendor, call.startedAt).includes(record.startedAt.getTime()))
    yield `${when}: not in its last form: ${vendor} ${call.id} starts at ${record.startedAt.toISOString()}`;
  else if (remarkOf(vendor, record) !== remarkAt(call, Number.POSITIVE_INFINITY))
    yield `${when}: not in its last form: ${vendor} ${call.id} has ${String(remarkOf(vendor, record))}`;
}

/** Whether ground may begin before what is kept, as it is declared. */
function mayBeTooOld({ accounts }: SyncScenario, { clips }: Pass): boolean {
  return (
    !clips && accounts.some(({ quirks: { keptDays, declaresKept } }) => keptDays !== undefined && declaresKept === true)
  );
}

/** Whether anything in a pass accounts for an error of the vendor's. */
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
    const leavesBatches = scenario.keeper === "store" && (scenario.passes[index]?.commitEvery ?? 1) > 1;
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
    if (!expected) yield `pass ${index}: an error that nothing here accounts for: ${inspect(thrown)}`;
  }
  if (!isLast) return;
  for (const { account, status, gaps, error } of report.accounts)
    if (status !== "complete" && isHonestly(scenario, account))
      yield `nothing was wrong with ${account} at last, and yet: ${inspect({ status, gaps, error })}`;
}

/** Requests for windows that passes before could not verify: each list is asked for 160 parts of them, and for an empty one twice. */
const REREAD_OF_LIST = 320;

function isHonestly(scenario: SyncScenario, label: string): boolean {
  return scenario.accounts.some((account) => account.vendor === label && isHonest(scenario, account));
}

/** When everything has settled, the table is the vendor's history. */
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
        isBeside(scenario, account, call, broken?.getTime(), (account.quirks.unit === "day" ? 72 : 3) * HOUR)
      )
        yield* inLastForm(run, account, call, last.table, "at the end, far from what is broken");
    if (!isHonest(scenario, account)) continue;
    const owed = calls.filter(({ startedAt }) => readings(scenario, vendor, startedAt).every((at) => at >= from));
    for (const call of owed) yield* inLastForm(run, account, call, last.table, "at the end");
    const coverage = last.coverage.find((one) => one.account === vendor)?.coverage ?? [];
    for (const { id, startedAt } of isCrowded(account, calls, scenario.filterTime) ? [] : owed)
      if (!holdsInstant(coverage, startedAt)) yield `at the end: not called complete: ${vendor} ${id}`;
    const now = last.startedAt;
    const provider = providerIn(account, scenario, {});
    const most =
      REREAD_OF_LIST * provider.operations.records.partitions({}).length +
      mostRequests({ provider, account, calls, range: { from, to: now }, now, filterTime: scenario.filterTime });
    const requests = last.report.accounts.find((one) => one.account === vendor)?.requests ?? 0;
    if (requests > most) yield `at the end: ${requests} requests for ${vendor}, where ${most} are enough`;
  }
}
