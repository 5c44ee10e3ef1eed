import { isClean, isDeceitful } from "./expectations.js";
import { sizeOf } from "./emulated-quirks.js";
import { filteredAt } from "./history.js";
import type { Ledger, Run } from "./oracle.js";
import { ACCEPTED_DIFFERENCE_MS } from "./simulated-provider.js";
import { hasWarning, unexpectedWarnings, type WarningKind } from "./warnings.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The maximum margin of a range: the longest call, and whole days. */
const MOST_WIDENED_MS = 8 * DAY;
/** The difference between clocks below which there is no warning. */
const APART_MS = 300_000;
/** The error of a `Date` header, which has no fractions of a second, plus the latency. */
const ROUNDING_MS = 10_000;

/** Returns the unexpected and the missing warnings of a run. */
export function* warned(run: Run): Generator<string> {
  const { scenario, ledgers, warnings } = run;
  yield* unexpectedWarnings(warnings, (kind, label) => {
    const ledger = ledgers.find(({ account: { vendor } }) => vendor === label);
    return ledger !== undefined && mayWarn(run, ledger, kind);
  });
  const { thrown, endedByConsumer } = run.consumed;
  if (thrown !== null || endedByConsumer) return;
  for (const ledger of ledgers) {
    if (!isClean(scenario, ledger.account)) continue;
    const { vendor } = ledger.account;
    const kinds: WarningKind[] = [
      ...(mustSuspect(run, ledger) ? ["suspected retention" as const] : []),
      ...(mustQuestionClock(run, ledger) ? ["wrong clock" as const] : []),
    ];
    for (const kind of kinds) if (!hasWarning(warnings, kind, vendor)) yield `no warning of ${vendor} (${kind})`;
  }
}

function mayWarn({ scenario, range, startedAt }: Run, { account, calls }: Ledger, kind: WarningKind): boolean {
  const { quirks } = account;
  const isWrong = !isClean(scenario, account);
  const hasOddRows = quirks.noTime !== undefined || quirks.wrongUnit !== undefined;
  switch (kind) {
    case "unverified end":
      // With fewer calls than the page size, no list ends with a full page.
      return isWrong || calls.length >= Math.min(sizeOf(account), account.pageSize);
    case "suspected retention":
      return (
        quirks.suspectedDays !== undefined &&
        range.from < startedAt - quirks.suspectedDays * DAY + Math.abs(scenario.clockBehindMs) + DAY
      );
    case "long call":
    case "impossible time":
      return hasOddRows;
    case "unreadable row":
      return scenario.reportsUnreadable && isDeceitful(account);
    case "wrong clock":
      return (
        Math.abs(scenario.clockBehindMs) > APART_MS - ROUNDING_MS ||
        scenario.quirks.clockJump !== undefined ||
        scenario.quirks.wrongDates !== undefined ||
        (scenario.quirks.stragglers?.maxMs ?? 0) >= APART_MS - ROUNDING_MS
      );
    case "without duration":
      return scenario.concurrent.includes("usage") && (hasOddRows || quirks.noDuration === true);
    case "no total":
    case "vendor down":
    case "short snapshot":
    case "never closed":
      return isWrong;
    case "out of order":
      return isWrong && scenario.readOrder !== "arrival" && scenario.isolateFailures;
    case "start filter":
      return quirks.wrongUnit !== undefined;
    case "changed option":
      return false;
  }
}

/** Whether the oldest day of the range and its margin contain no call, and are older than the suspected retention. */
function mustSuspect({ scenario, range, startedAt }: Run, { account: { quirks }, calls }: Ledger): boolean {
  const suspected = startedAt - scenario.clockBehindMs - (quirks.suspectedDays ?? Number.POSITIVE_INFINITY) * DAY;
  const until = range.from + DAY + HOUR;
  if (quirks.suspectedDays === undefined || range.to < until || suspected < until) return false;
  return calls.every((call) =>
    [call.startedAt, filteredAt(call, scenario.filterTime)].every(
      (at) => at > until || at < range.from - MOST_WIDENED_MS,
    ),
  );
}

/** Whether this machine's clock differs from the vendor's by a difference that the vendor accepts. */
function mustQuestionClock({ scenario, reports }: Run, { account: { vendor } }: Ledger): boolean {
  const apart = Math.abs(scenario.clockBehindMs);
  // With more than two requests, at least one besides that for a token had a response.
  const hasResponse = (reports.find(({ account }) => account === vendor)?.requests ?? 0) > 2;
  return (
    hasResponse &&
    scenario.quirks.stragglers === undefined &&
    apart > APART_MS + ROUNDING_MS &&
    apart < ACCEPTED_DIFFERENCE_MS[vendor] - ROUNDING_MS
  );
}
