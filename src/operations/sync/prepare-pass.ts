import type { AccountSession } from "../../engine/account/account-session.js";
import type { Invocation } from "../invocation.js";
import { checkRetention } from "../records/records.js";
import type { Intervals, Span } from "../../engine/lists/intervals.js";
import { oldestReadable, windowMarginMsOf } from "../../engine/lists/list-limits.js";
import { type SettingsChange, settingsOf } from "./read-settings.js";
import { OPEN_END } from "./sync-arguments.js";
import type { SyncState } from "./sync-state.js";
import type { RequestedRanges } from "./window-change.js";

/**
 * Applies the arguments of a pass and the current options to a state.
 * @param abandon intervals to abandon, by the start of calls.
 * @throws RetentionError when the newly requested ranges begin before the vendor's retention, and `beforeRetention` is `throw`.
 */
export function preparePass(
  session: AccountSession,
  state: SyncState,
  { range, abandon }: { range: Span; abandon: readonly Span[] },
  invocation: Invocation,
): void {
  const { provider } = session;
  const { records } = provider.operations;
  const windowMarginMs = windowMarginMsOf(records, provider);
  for (const change of state.adapt(settingsOf(provider), requestedNow(session, state))) warnOf(session, change);
  const [first] = state.intervals.newlyRequested(range).spans;
  if (first !== undefined) checkRetention(session, first.from, invocation);
  state.intervals.addRange(range, windowMarginMs);
  state.intervals.abandon(abandon, records.partitions({}), windowMarginMs);
}

/** Returns the requested ranges of a state by the current clock and options. */
export function requestedNow({ provider, clock }: AccountSession, state: SyncState): RequestedRanges {
  const { records } = provider.operations;
  const now = clock.soonestNow();
  const range = upTo(now, state.intervals.due);
  const windowMarginMs = windowMarginMsOf(records, provider);
  return {
    range,
    windowMarginMs,
    readRanges: range.widen(windowMarginMs),
    readable: { from: oldestReadable(records, provider, now), to: now },
  };
}

const REREAD: Record<SettingsChange["reread"], string | null> = {
  all: "Rows that were read under the former value may be wrong: everything is read again, and delivered calls are delivered again as `new` or `updated`.",
  edges:
    "The windows that were read are too narrow under the new value. Intervals near their ends are no longer complete and are read again.",
  none: null,
};

/** Emits a warning. There is none for `filtersOn`, which changes after a measurement and makes no call wrong. */
function warnOf(session: AccountSession, { option, before, now, reread }: SettingsChange): void {
  const effect = REREAD[reread];
  if (effect === null || option === "filtersOn") return;
  session.warn(
    session.provider.operations.records.name,
    `the option \`${option}\` was ${before} in the last pass of this sync, and is ${now} now. ${effect}`,
  );
}

/** Returns the ranges, of which an open one ends now. When it begins in the future, one millisecond remains, because a clock may be behind. */
export function upTo(now: number, requested: Intervals): Intervals {
  const last = requested.spans.at(-1);
  if (last === undefined || last.to < OPEN_END) return requested;
  return requested.before(Math.max(now, last.from + 1));
}
