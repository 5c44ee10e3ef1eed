import type { AccountSession } from "../../engine/account/account-session.js";
import type { Invocation } from "../invocation.js";
import { refuseBeforeRetention } from "../records/records.js";
import type { Intervals } from "../../engine/lists/intervals.js";
import { type Span } from "../../engine/lists/intervals.js";
import { oldestReadable, windowMarginMsOf } from "../../engine/lists/list-plan.js";
import { type SettingsChange, settingsOf } from "./read-settings.js";
import { OPEN_END } from "./sync-arguments.js";
import type { RequestedRanges, SyncState } from "./sync-state.js";

/**
 * Brings a state to what a pass is asked for, and to the options that it is read under.
 * @param abandon intervals that are given up, by the start of calls.
 * @throws RetentionError when new ground begins before what the vendor keeps, and that was not consented to.
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
  const [first] = state.newlyRequested(range).spans;
  if (first !== undefined) refuseBeforeRetention(session, first.from, invocation);
  state.ask(range, windowMarginMs);
  state.abandon(abandon, records.partitions({}), windowMarginMs);
}

/** What a state is to read, by the clock and the options of now. */
export function requestedNow({ provider, clock }: AccountSession, state: SyncState): RequestedRanges {
  const { records } = provider.operations;
  const now = clock.soonestNow();
  const range = upTo(now, state.due);
  const windowMarginMs = windowMarginMsOf(records, provider);
  return {
    range,
    windowMarginMs,
    readRanges: range.widen(windowMarginMs),
    readable: { from: oldestReadable(records, provider, now), to: now },
  };
}

const READ_AGAIN: Record<SettingsChange["readAgain"], string | null> = {
  all: "What was read under the former value may be wrong: everything is read again, and calls that were delivered before come again, as `new` or as `updated`.",
  edges:
    "What was read does not reach far enough under the new value: calls near its ends are no longer complete, and what is missing is read.",
  none: null,
};

/** `filtersOn` is changed when it was measured: it reads more, or less, and no call is wrong. */
function warnOf(
  { provider: { account, operations }, services }: AccountSession,
  { option, before, now, readAgain }: SettingsChange,
): void {
  const effect = READ_AGAIN[readAgain];
  if (effect === null || option === "filtersOn") return;
  const message = `${account}: the option \`${option}\` was ${before} in the last pass of this sync, and is ${now} now. ${effect}`;
  services.emit({ type: "warning", account, operation: operations.records.name, message, key: null, field: null });
}

/** Ground without an end ends now; where it has not begun yet, there is still something to ask: a clock may be behind. */
export function upTo(now: number, requested: Intervals): Intervals {
  const last = requested.spans.at(-1);
  if (last === undefined || last.to < OPEN_END) return requested;
  return requested.before(Math.max(now, last.from + 1));
}
