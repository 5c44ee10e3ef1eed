import { inspect } from "node:util";
import {
  AbortedError,
  type AccountReport,
  type CallRecord,
  CallRecordsError,
  type Provider,
  type UsageSummary,
} from "../../src/index.js";
import { type FaultKind, isListFault } from "../../src/testing/faults/fault-kinds.js";
import { type Consumed, ConsumersOwn } from "./consume.js";
import { without } from "./conspiracies.js";
import {
  callOf,
  isBeside,
  isClean,
  isDeceitful,
  isHonest,
  isReadInParts,
  isUnknowable,
  mostRequests,
  readings,
  wrongFields,
} from "./expectations.js";
import type { TrueCall } from "./history.js";
import type { Heard } from "./warnings.js";
import { warned } from "./warned.js";
import type { Scenario, SimulatedAccount } from "./scenario.js";

/** An account with everything that its vendor has. */
export interface Ledger {
  account: SimulatedAccount;
  calls: TrueCall[];
  /** The earlier of the vendor's now and the now from which the client planned: what happened later need not be found. */
  knownUntil: number;
  provider: Provider;
  /** The instant that cannot be read. */
  brokenAt?: number;
}

interface Interval {
  from: number;
  to: number;
}

/** All that was seen of one run. */
export interface Run {
  scenario: Scenario;
  startedAt: number;
  range: { from: number; to: number };
  ledgers: Ledger[];
  consumed: Consumed;
  reports: AccountReport[];
  /** The records that came when the gaps were asked for again, the vendors being well; null: they were not. */
  afterwards: CallRecord[] | null;
  usage: UsageSummary[];
  warnings: readonly Heard[];
  /** What went on besides, and was thrown there. */
  thrownBeside: unknown[];
  requestsAfterwards: number;
  requestsSent: number;
  leftBehind: { asleep: number; underWay: number; listeners: number };
  secrets: readonly string[];
}

/** Every promise that this run has broken. Empty: all were kept. */
export function brokenPromises(run: Run): string[] {
  return [
    ...records(run),
    ...run.ledgers.flatMap((ledger) => [...account(run, ledger)]),
    ...ending(run),
    ...besides(run),
    ...warned(run),
  ];
}

function* records({ consumed, range, ledgers, scenario }: Run): Generator<string> {
  const seen = new Set<TrueCall>();
  let last = Number.NEGATIVE_INFINITY;
  for (const record of consumed.records) {
    const at = record.startedAt.getTime();
    const name = `${record.account} ${record.id}`;
    const ledger = ledgers.find(({ account: { vendor } }) => vendor === record.account);
    const known = ledger === undefined ? undefined : callOf(record, ledger);
    if (ledger === undefined || known === undefined) yield `handed out, but unknown to the vendor: ${name}`;
    else {
      if (seen.has(known)) yield `handed out twice: ${name}`;
      seen.add(known);
      yield* wrongFields(
        record,
        known,
        ledger.account.vendor,
        readings(scenario, ledger.account.vendor, known.startedAt),
      ).map((field) => `${field}: ${name}`);
    }
    if (at < range.from || at >= range.to) yield `outside of the range: ${name}`;
    if (scenario.byTime && at < last) yield `out of order: ${name}`;
    last = at;
  }
}

const instants = (intervals: readonly { from: string; to: string }[]): Interval[] =>
  intervals.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }));
const holdsInstant = (intervals: readonly Interval[], instant: number) =>
  intervals.some(({ from, to }) => from <= instant && instant < to);

function* account(run: Run, ledger: Ledger): Generator<string> {
  const { scenario, range, consumed } = run;
  const { vendor, churn, lie } = ledger.account;
  const report = run.reports.find((one) => one.account === vendor);
  if (report === undefined) {
    yield `no report of ${vendor}`;
    return;
  }
  const own = consumed.records.filter((record) => record.account === vendor);
  const found = new Set(own.map((record) => callOf(record, ledger)));
  const [covered, unsettled, gaps] = [instants(report.coverage), instants(report.unsettled), instants(report.gaps)];
  yield* tiling(vendor, range, [...covered, ...unsettled, ...gaps]);

  // A total that is too small is looked behind only where something is to be proven.
  const steady =
    churn === "none" &&
    !scenario.faults.kinds.some(isListFault) &&
    (isHonest(scenario, { ...ledger.account, lie: Math.min(0, lie) }) || isReadInParts(run, ledger));
  const later = new Set(
    (run.afterwards ?? []).filter((record) => record.account === vendor).map((record) => callOf(record, ledger)),
  );
  for (const call of ledger.calls) {
    const { id, startedAt } = call;
    const times = readings(scenario, vendor, startedAt);
    if (found.has(call) || !times.every((at) => at >= range.from && at < range.to) || isUnknowable(run, ledger, call))
      continue;
    const holds = (intervals: readonly Interval[]) => times.every((at) => holdsInstant(intervals, at));
    // Complete is complete for ever: also a call that is listed later only must not lie there.
    if (holds(covered) && call.removedAt === null && churn !== "insert")
      yield `lost in what is called covered: ${vendor} ${id}`;
    if (!isStable(call, run.startedAt)) continue;
    if (isWellBut(run, ledger, call)) yield `lost, though it lies far from what is broken: ${vendor} ${id}`;
    if (holds(covered)) yield `lost in what is called covered: ${vendor} ${id}`;
    const knowable = Math.max(call.endedAt, call.listedFrom) < ledger.knownUntil;
    if (steady && knowable && holds(unsettled)) yield `lost in what is called read: ${vendor} ${id}`;
    if (knowable && run.afterwards !== null && holds(gaps) && !later.has(call))
      yield `not found when its gap was asked for again: ${vendor} ${id}`;
  }
  if (report.rows !== own.length) yield `${report.rows} rows of ${vendor} are reported, ${own.length} were handed out`;
  if (
    (isClean(scenario, ledger.account) || isReadInParts(run, ledger)) &&
    consumed.thrown === null &&
    !consumed.endedByConsumer &&
    report.status !== "complete"
  )
    yield `nothing was wrong with ${vendor}, and yet it is ${report.status}`;
  if (isClean(scenario, ledger.account)) {
    const most = mostRequests({
      ...ledger,
      range,
      now: run.startedAt - scenario.clockBehindMs,
      filterTime: scenario.filterTime,
    });
    if (report.requests > most) yield `${report.requests} requests for ${vendor}, where ${most} are enough`;
  }
}

/** Whether everything but the window of one instant was read, and the call lies in another. */
function isWellBut(
  { scenario, consumed }: Run,
  { account, calls, brokenAt, provider, knownUntil }: Ledger,
  call: TrueCall,
): boolean {
  if (brokenAt === undefined) return false;
  const { window } = provider.operations.records;
  const farMs = Math.min(account.windowSeconds, window?.maxSeconds ?? 0) * 1000 + 3 * DAY;
  const others = isClean(scenario, { ...account, quirks: without(account.quirks, "broken") }) && calls.length > 0;
  const isRead = scenario.isolateFailures && consumed.thrown === null && !consumed.endedByConsumer;
  return others && isRead && call.endedAt < knownUntil && isBeside(scenario, account, call, brokenAt, farMs);
}

const DAY = 86_400_000;

/** Whether a call stood in the vendor's list, unchanged, all through the run. */
function isStable({ endedAt, listedFrom, removedAt }: TrueCall, startedAt: number): boolean {
  return listedFrom <= startedAt && endedAt <= startedAt && removedAt === null;
}

/** Coverage, what is unsettled and the gaps fill the range, and do not overlap. */
function* tiling(vendor: string, range: Interval, intervals: Interval[]): Generator<string> {
  let at = range.from;
  for (const { from, to } of intervals.sort((a, b) => a.from - b.from)) {
    if (from !== at)
      yield `${vendor}: the report ${from < at ? "says two things of" : "says nothing of"} ${new Date(Math.min(at, from)).toISOString()}`;
    if (to <= from) yield `${vendor}: the report holds an empty interval`;
    at = to;
  }
  if (at !== range.to) yield `${vendor}: the report ends at ${new Date(at).toISOString()}`;
}

function* ending(run: Run): Generator<string> {
  const { scenario, ledgers, consumed, requestsAfterwards, leftBehind, secrets, reports, requestsSent } = run;
  const { thrown, endedByConsumer, settledAfterMs } = consumed;
  const { consumer, isolateFailures, beside } = scenario;
  if (thrown !== null) {
    const shown = inspect(thrown);
    const own = consumer.type === "throw" && endedByConsumer;
    if (own ? !(thrown instanceof ConsumersOwn) : !(thrown instanceof CallRecordsError))
      yield `an error of no known class: ${shown}`;
    if (endedByConsumer && !own && !(thrown instanceof AbortedError)) yield `aborted, and yet: ${shown}`;
    if (!endedByConsumer && isolateFailures && consumer.type !== "deadline")
      yield `failures are isolated, and yet: ${shown}`;
    if (
      !endedByConsumer &&
      consumer.type !== "deadline" &&
      ledgers.every((ledger) => isClean(scenario, ledger.account) || isReadInParts(run, ledger))
    )
      yield `nothing was wrong, and yet: ${shown}`;
    if (thrown instanceof CallRecordsError && !mayBe(thrown, scenario))
      yield `an error of a class that nothing here accounts for: ${shown}`;
    if (thrown instanceof CallRecordsError) yield* leaks(`${JSON.stringify(thrown)} ${thrown.stack ?? ""}`, secrets);
  }
  yield* leaks(JSON.stringify(reports), secrets);
  if (settledAfterMs > 0) yield `settled ${settledAfterMs} ms after its consumer had ended it`;
  if (requestsAfterwards > 0) yield `${requestsAfterwards} requests after it had settled`;
  for (const [what, count] of Object.entries(leftBehind)) if (count > 0) yield `left behind: ${count} ${what}`;
  const counted = reports.reduce((sum, { requests }) => sum + requests, 0);
  if (beside.length === 0 && counted !== requestsSent)
    yield `${counted} requests are reported, ${requestsSent} were sent`;
}

/** What brings about errors of a class; of the others, anything may. */
const CAUSES: Partial<Record<CallRecordsError["code"], readonly FaultKind[]>> = {
  authentication: ["unauthorized", "clock-refused", "no-token"],
  response: ["wrong-shape", "broken-json", "redirect", "bomb", "repeated-page", "duplicate-row"],
  request: [],
  permission: [],
  retention: [],
  unsupported: [],
  configuration: [],
  checkpoint: [],
};

function mayBe({ code }: CallRecordsError, { faults: { kinds }, accounts, quirks }: Scenario): boolean {
  if (code === "permission" && quirks.forbidden !== undefined) return true;
  if (code === "authentication" && (quirks.clockJump !== undefined || quirks.wrongDates !== undefined)) return true;
  if (code === "response" && accounts.some((account) => isDeceitful({ ...account, lie: 0 }))) return true;
  return CAUSES[code]?.some((kind) => kinds.includes(kind)) ?? true;
}

function* leaks(text: string, secrets: readonly string[]): Generator<string> {
  for (const secret of secrets) if (text.includes(secret)) yield "a secret is shown";
}

function* besides(run: Run): Generator<string> {
  const { ledgers, thrownBeside, startedAt } = run;
  for (const thrown of thrownBeside)
    if (!(thrown instanceof CallRecordsError)) yield `an error of no known class, beside: ${inspect(thrown)}`;
  for (const { account: label, application, from, to, complete, calls, source } of run.usage) {
    const ledger = ledgers.find(({ account: { vendor } }) => vendor === label);
    // What clocks and retention do to a count, it is to tell; calls with one id count as one.
    if (
      ledger === undefined ||
      !complete ||
      source !== "records" ||
      application !== null ||
      ledger.account.churn !== "none" ||
      hasTwins(ledger.account)
    )
      continue;
    const own = ledger.calls.filter(
      (call) => isStable(call, startedAt) && call.startedAt >= from.getTime() && call.startedAt < to.getTime(),
    );
    const least = own.filter((call) => !isUnknowable(run, ledger, call)).length;
    const total = calls?.total ?? -1;
    if (total < least || total > own.length)
      yield `usage of ${label} counts ${total} calls of ${least} to ${own.length}, and calls itself complete`;
  }
}

const hasTwins = ({ quirks: { twins } }: SimulatedAccount) => twins !== undefined;
