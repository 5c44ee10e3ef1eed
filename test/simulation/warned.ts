import { isClean, isDeceitful } from "./expectations.js";
import { sizeOf } from "./emulated-quirks.js";
import { filteredAt } from "./history.js";
import type { Ledger, Run } from "./oracle.js";
import { ACCEPTED_DIFFERENCE_MS } from "./simulated-provider.js";
import { tells, unaccounted, type WarningKind } from "./warnings.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A range is read wider by the longest call, and by whole days. */
const MOST_WIDENED_MS = 8 * DAY;
/** Clocks that differ by less are as good as equal. */
const APART_MS = 300_000;
/** A second that a `Date` cuts off, and what passes until it comes. */
const ROUNDING_MS = 10_000;

/** Warnings of a run that nothing accounts for, and those that are missing. */
export function* warned(run: Run): Generator<string> {
  const { scenario, ledgers, warnings } = run;
  yield* unaccounted(warnings, (kind, label) => {
    const ledger = ledgers.find(({ account: { vendor } }) => vendor === label);
    return ledger !== undefined && mayTell(run, ledger, kind);
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
    for (const kind of kinds) if (!tells(warnings, kind, vendor)) yield `no warning of ${vendor} (${kind})`;
  }
}

function mayTell({ scenario, range, startedAt }: Run, { account, calls }: Ledger, kind: WarningKind): boolean {
  const { quirks } = account;
  const isWrong = !isClean(scenario, account);
  const hasOddRows = quirks.noTime !== undefined || quirks.wrongUnit !== undefined;
  switch (kind) {
    case "unverified end":
      // With fewer calls than a page holds, no list ends with a full one.
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
        (scenario.quirks.stragglers?.mostMs ?? 0) >= APART_MS - ROUNDING_MS
      );
    case "without duration":
      return scenario.beside.includes("usage") && (hasOddRows || quirks.noDuration === true);
    case "no total":
    case "vendor down":
    case "short snapshot":
    case "never closed":
      return isWrong;
    case "out of order":
      return isWrong && scenario.byTime && scenario.isolateFailures;
    case "stray start":
      return quirks.wrongUnit !== undefined;
    case "changed option":
      return false;
  }
}

/** Whether the oldest day of the range, and what is read before it, hold no call, and the vendor is suspected to have deleted them. */
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

/** Whether this machine's clock is far from the vendor's, and the vendor does not mind. */
function mustQuestionClock({ scenario, reports }: Run, { account: { vendor } }: Ledger): boolean {
  const apart = Math.abs(scenario.clockBehindMs);
  // Of requests that were answered, one was more than a token.
  const isAnswered = (reports.find(({ account }) => account === vendor)?.requests ?? 0) > 2;
  return (
    isAnswered &&
    scenario.quirks.stragglers === undefined &&
    apart > APART_MS + ROUNDING_MS &&
    apart < ACCEPTED_DIFFERENCE_MS[vendor] - ROUNDING_MS
  );
}
