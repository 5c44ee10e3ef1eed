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
import { type Consumed, ConsumerError } from "./consume.js";
import { without } from "./undetectable.js";
import {
  callOf,
  isUnaffected,
  isClean,
  isDeceitful,
  isHonest,
  isReadInParts,
  isUnknowable,
  maxRequests,
  readings,
  wrongFields,
} from "./expectations.js";
import type { TrueCall } from "./history.js";
import type { ClientWarning } from "./warnings.js";
import { warned } from "./warned.js";
import type { Scenario, SimulatedAccount } from "./scenario.js";

/** An account, with all calls of its vendor. */
export interface Ledger {
  account: SimulatedAccount;
  calls: TrueCall[];
  /** The earlier of the vendor's time and the client's time at the start. Later calls need not be found. */
  knownUntil: number;
  provider: Provider;
  /** The instant that cannot be read. */
  brokenAt?: number;
}

interface Interval {
  from: number;
  to: number;
}

/** The observations of one run. */
export interface Run {
  scenario: Scenario;
  startedAt: number;
  range: { from: number; to: number };
  ledgers: Ledger[];
  consumed: Consumed;
  reports: AccountReport[];
  /** The records that were returned when the gaps were read again without faults; null if they were not read again. */
  afterwards: CallRecord[] | null;
  usage: UsageSummary[];
  warnings: readonly ClientWarning[];
  /** The errors of the concurrent calls. */
  concurrentErrors: unknown[];
  requestsAfterwards: number;
  requestsSent: number;
  leftBehind: { asleep: number; inFlight: number; listeners: number };
  secrets: readonly string[];
}

/** Returns the violations in this run; empty if there are none. */
export function violationsOf(run: Run): string[] {
  return [
    ...records(run),
    ...run.ledgers.flatMap((ledger) => [...account(run, ledger)]),
    ...ending(run),
    ...concurrentOperations(run),
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
    if (ledger === undefined || known === undefined) yield `delivered, but unknown to the vendor: ${name}`;
    else {
      if (seen.has(known)) yield `delivered twice: ${name}`;
      seen.add(known);
      yield* wrongFields(
        record,
        known,
        ledger.account.vendor,
        readings(scenario, ledger.account.vendor, known.startedAt),
      ).map((field) => `${field}: ${name}`);
    }
    if (at < range.from || at >= range.to) yield `outside of the range: ${name}`;
    const position = scenario.readOrder === "newest" ? -at : at;
    if (scenario.readOrder !== "arrival" && position < last) yield `out of order: ${name}`;
    last = position;
  }
}

const instants = (intervals: readonly { from: string; to: string }[]): Interval[] =>
  intervals.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }));
const holdsInstant = (intervals: readonly Interval[], instant: number) =>
  intervals.some(({ from, to }) => from <= instant && instant < to);

function* account(run: Run, ledger: Ledger): Generator<string> {
  const { scenario, range, consumed } = run;
  const { vendor, churn, totalShift } = ledger.account;
  const report = run.reports.find((one) => one.account === vendor);
  if (report === undefined) {
    yield `no report of ${vendor}`;
    return;
  }
  const own = consumed.records.filter((record) => record.account === vendor);
  const found = new Set(own.map((record) => callOf(record, ledger)));
  const [covered, unsettled, gaps] = [instants(report.coverage), instants(report.unsettled), instants(report.gaps)];
  yield* tiling(vendor, range, [...covered, ...unsettled, ...gaps]);

  // The client reads past a total that is too small only where it verifies an interval.
  const steady =
    churn === "none" &&
    !scenario.faults.kinds.some(isListFault) &&
    (isHonest(scenario, { ...ledger.account, totalShift: Math.min(0, totalShift) }) || isReadInParts(run, ledger));
  const later = new Set(
    (run.afterwards ?? []).filter((record) => record.account === vendor).map((record) => callOf(record, ledger)),
  );
  for (const call of ledger.calls) {
    const { id, startedAt } = call;
    const times = readings(scenario, vendor, startedAt);
    if (found.has(call) || !times.every((at) => at >= range.from && at < range.to) || isUnknowable(run, ledger, call))
      continue;
    const holds = (intervals: readonly Interval[]) => times.every((at) => holdsInstant(intervals, at));
    // Covered intervals are final. They must also contain no missing call that is listed later.
    if (holds(covered) && call.removedAt === null && churn !== "insert")
      yield `missing in a covered interval: ${vendor} ${id}`;
    if (!isStable(call, run.startedAt)) continue;
    if (mustBeReadDespiteBroken(run, ledger, call))
      yield `missing, although it is far from the broken instant: ${vendor} ${id}`;
    if (holds(covered)) yield `missing in a covered interval: ${vendor} ${id}`;
    const knowable = Math.max(call.endedAt, call.listedFrom) < ledger.knownUntil;
    if (steady && knowable && holds(unsettled)) yield `missing in an unsettled interval: ${vendor} ${id}`;
    if (knowable && run.afterwards !== null && holds(gaps) && !later.has(call))
      yield `not found when its gap was read again: ${vendor} ${id}`;
  }
  if (report.rows !== own.length) yield `${report.rows} rows of ${vendor} are reported, ${own.length} were delivered`;
  if (
    (isClean(scenario, ledger.account) || isReadInParts(run, ledger)) &&
    consumed.thrown === null &&
    !consumed.endedByConsumer &&
    report.status !== "complete"
  )
    yield `${vendor} had no faults, but its status is ${report.status}`;
  if (isClean(scenario, ledger.account)) {
    // The plan is made by this machine's clock, and again by the vendor's when the first response shows a difference.
    const max = Math.max(
      ...[run.startedAt - scenario.clockBehindMs, run.startedAt].map((now) =>
        maxRequests({ ...ledger, range, now, filterTime: scenario.filterTime }),
      ),
    );
    const { stragglers, slowListMs = 0 } = scenario.quirks;
    // Slow responses make a token expire, which costs a request for a new one and a repeated request.
    const slowMs = max * (slowListMs + (stragglers === undefined ? 0 : stragglers.share * stragglers.maxMs));
    const renewals = slowMs / (scenario.tokenTtlSeconds * 1000);
    if (report.requests > max + 2 * renewals)
      yield `${report.requests} requests for ${vendor}, although ${max} are sufficient`;
  }
}

/** Whether the call must have been read, because the only fault is an instant far from it. */
function mustBeReadDespiteBroken(
  { scenario, consumed }: Run,
  { account, calls, brokenAt, provider, knownUntil }: Ledger,
  call: TrueCall,
): boolean {
  if (brokenAt === undefined) return false;
  const { window } = provider.operations.records;
  const farMs = Math.min(account.windowSeconds, window?.maxSeconds ?? 0) * 1000 + 3 * DAY;
  const others = isClean(scenario, { ...account, quirks: without(account.quirks, "broken") }) && calls.length > 0;
  const isRead = scenario.isolateFailures && consumed.thrown === null && !consumed.endedByConsumer;
  return others && isRead && call.endedAt < knownUntil && isUnaffected(scenario, account, call, brokenAt, farMs);
}

const DAY = 86_400_000;

/** Whether a call was in the vendor's list during the whole run, without a change. */
function isStable({ endedAt, listedFrom, removedAt }: TrueCall, startedAt: number): boolean {
  return listedFrom <= startedAt && endedAt <= startedAt && removedAt === null;
}

/** Checks that the covered, unsettled and missing intervals fill the range and do not overlap. */
function* tiling(vendor: string, range: Interval, intervals: Interval[]): Generator<string> {
  let at = range.from;
  for (const { from, to } of intervals.sort((a, b) => a.from - b.from)) {
    if (from !== at)
      yield `${vendor}: the report ${from < at ? "has two statements about" : "has no statement about"} ${new Date(Math.min(at, from)).toISOString()}`;
    if (to <= from) yield `${vendor}: the report contains an empty interval`;
    at = to;
  }
  if (at !== range.to) yield `${vendor}: the report ends at ${new Date(at).toISOString()}`;
}

function* ending(run: Run): Generator<string> {
  const { scenario, ledgers, consumed, requestsAfterwards, leftBehind, secrets, reports, requestsSent } = run;
  const { thrown, endedByConsumer, settledAfterMs } = consumed;
  const { consumer, isolateFailures, concurrent } = scenario;
  if (thrown !== null) {
    const shown = inspect(thrown);
    const own = consumer.type === "throw" && endedByConsumer;
    if (own ? !(thrown instanceof ConsumerError) : !(thrown instanceof CallRecordsError))
      yield `an error of an unknown class: ${shown}`;
    if (endedByConsumer && !own && !(thrown instanceof AbortedError)) yield `aborted, but failed with: ${shown}`;
    if (!endedByConsumer && isolateFailures && consumer.type !== "deadline")
      yield `failures are isolated, but it failed with: ${shown}`;
    if (
      !endedByConsumer &&
      consumer.type !== "deadline" &&
      ledgers.every((ledger) => isClean(scenario, ledger.account) || isReadInParts(run, ledger))
    )
      yield `there were no faults, but it failed with: ${shown}`;
    if (thrown instanceof CallRecordsError && !mayBe(thrown, scenario))
      yield `an error of a class that no fault explains: ${shown}`;
    if (thrown instanceof CallRecordsError) yield* leaks(`${JSON.stringify(thrown)} ${thrown.stack ?? ""}`, secrets);
  }
  yield* leaks(JSON.stringify(reports), secrets);
  if (settledAfterMs > 0) yield `settled ${settledAfterMs} ms after the consumer had ended it`;
  if (requestsAfterwards > 0) yield `${requestsAfterwards} requests after it had settled`;
  for (const [what, count] of Object.entries(leftBehind)) if (count > 0) yield `left behind: ${count} ${what}`;
  const counted = reports.reduce((sum, { requests }) => sum + requests, 0);
  if (concurrent.length === 0 && counted !== requestsSent)
    yield `${counted} requests are reported, ${requestsSent} were sent`;
}

/** The faults that cause errors of a class. Other classes may have any cause. */
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

function mayBe({ code }: CallRecordsError, { faults: { kinds }, accounts, quirks, readOrder }: Scenario): boolean {
  if (code === "permission" && quirks.forbidden !== undefined) return true;
  // A page that is refused after an empty one does not show that smaller windows would help.
  if (code === "request" && accounts.some(({ quirks: { hole, searchCap } }) => hole && searchCap?.beyond === "refused"))
    return true;
  if (code === "authentication" && (quirks.clockJump !== undefined || quirks.wrongDates !== undefined)) return true;
  // A call that is added after its place in the order was passed cannot be delivered in order.
  if (code === "response" && readOrder !== "arrival" && accounts.some(({ churn }) => churn === "insert")) return true;
  if (code === "response" && accounts.some((account) => isDeceitful({ ...account, totalShift: 0 }))) return true;
  return CAUSES[code]?.some((kind) => kinds.includes(kind)) ?? true;
}

function* leaks(text: string, secrets: readonly string[]): Generator<string> {
  for (const secret of secrets) if (text.includes(secret)) yield "a secret is disclosed";
}

function* concurrentOperations(run: Run): Generator<string> {
  const { ledgers, concurrentErrors, startedAt } = run;
  for (const thrown of concurrentErrors)
    if (!(thrown instanceof CallRecordsError))
      yield `an error of an unknown class in a concurrent call: ${inspect(thrown)}`;
  for (const { account: label, application, from, to, complete, calls, source } of run.usage) {
    const ledger = ledgers.find(({ account: { vendor } }) => vendor === label);
    // Wrong clocks and the retention make a count incomplete, which it must report. Calls with the same id count as one.
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
    const min = own.filter((call) => !isUnknowable(run, ledger, call)).length;
    const total = calls?.total ?? -1;
    if (total < min || total > own.length)
      yield `the usage of ${label} is reported as complete with ${total} calls instead of ${min} to ${own.length}`;
  }
}

const hasTwins = ({ quirks: { twins } }: SimulatedAccount) => twins !== undefined;
