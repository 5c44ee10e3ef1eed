import { sizeOf } from "./emulated-quirks.js";
import { isDeceitful, isHonest } from "./expectations.js";
import { isMistaken } from "./sync-options.js";
import type { SyncAccount } from "./sync-scenario.js";
import type { PassRun, SyncRun } from "./sync-simulation.js";
import { hasWarning, unexpectedWarnings, type WarningKind } from "./warnings.js";

/** The difference between clocks below which there is no warning, with a margin for the latency. */
const APART_MS = 290_000;
/** The longest call of a mistaken option, plus the tolerance of a minute. */
const MISTAKEN_LONGEST_MS = 660_000;

/** Returns the unexpected and the missing warnings of a pass. */
export function* warnedInPass(run: SyncRun, pass: PassRun, index: number): Generator<string> {
  const { histories } = run;
  for (const violation of unexpectedWarnings(pass.warnings, (kind, label) =>
    histories.some(
      ({ account, calls }) =>
        account.vendor === label && mayWarn(run, pass, index, { account, calls: calls.length }, kind),
    ),
  ))
    yield `pass ${index}: ${violation}`;
  for (const { account } of histories) {
    const { vendor } = account;
    const kinds: WarningKind[] = [
      ...(hasLongCall(pass, account) ? ["long call" as const] : []),
      ...(isInAnotherZone(run.passes[index - 1], pass, account) ? ["changed option" as const] : []),
    ];
    for (const kind of kinds)
      if (!hasWarning(pass.warnings, kind, vendor)) yield `pass ${index}: no warning of ${vendor} (${kind})`;
  }
}

function mayWarn(
  { scenario, passes }: SyncRun,
  { pass }: PassRun,
  index: number,
  { account, calls }: { account: SyncAccount; calls: number },
  kind: WarningKind,
): boolean {
  const { quirks, pageSize } = account;
  const { faults, trouble, options } = pass;
  const isMistakenHere = isMistaken(account, scenario, options);
  const isWrong =
    faults.share > 0 ||
    Object.keys(trouble).length > 0 ||
    isMistakenHere ||
    options.mistypedApplication === true ||
    !isHonest(scenario, account);
  const hasOddRows = quirks.noTime !== undefined || quirks.wrongUnit !== undefined;
  switch (kind) {
    case "unverified end":
      // With fewer calls than the page size, no list ends with a full page.
      return isWrong || calls >= sizeOf({ pageSize });
    case "suspected retention":
      return quirks.suspectedDays !== undefined;
    case "long call":
    case "impossible time":
      return hasOddRows || isMistakenHere;
    case "start filter":
      return quirks.wrongUnit !== undefined || isMistakenHere;
    case "wrong clock":
      return (
        Math.abs(pass.clockBehindMs) > APART_MS ||
        trouble.clockJump !== undefined ||
        trouble.wrongDates !== undefined ||
        (scenario.quirks.stragglers?.maxMs ?? 0) > APART_MS
      );
    case "changed option":
      return passes.slice(0, index + 1).some((one) => Object.keys(one.pass.options).length > 0);
    case "no total":
    case "vendor down":
      return isWrong;
    case "unreadable row":
    case "out of order":
    case "without duration":
    case "never closed":
    case "short snapshot":
      return false;
  }
}

/** Whether a delivered call is longer than the mistaken option declares. */
function hasLongCall({ pass, deliveries }: PassRun, account: SyncAccount): boolean {
  if (pass.options.mistake !== "longest" || isDeceitful(account)) return false;
  return deliveries.some(
    ({ account: label, record: { startedAt, endedAt } }) =>
      label === account.vendor && endedAt !== null && endedAt.getTime() - startedAt.getTime() > MISTAKEN_LONGEST_MS,
  );
}

/** Whether the time zone differs from the one in the previous pass, which was completed. */
function isInAnotherZone(before: PassRun | undefined, { pass, report }: PassRun, { vendor }: SyncAccount): boolean {
  const isRead = (one: PassRun["report"]) =>
    one.accounts.some(({ account, status }) => account === vendor && status === "complete");
  if (vendor !== "itniotech" || before?.thrown !== null || before.endedByConsumer) return false;
  return (
    isRead(before.report) &&
    isRead(report) &&
    (before.pass.options.mistake === "zone") !== (pass.options.mistake === "zone")
  );
}
