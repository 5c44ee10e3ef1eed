import type { AccountSession } from "../account/account-session.js";
import type { Invocation } from "../calls/invocation.js";
import { refuseBeforeRetention } from "../calls/records.js";
import type { Intervals} from "../lists/intervals.js";
import { type Span } from "../lists/intervals.js";
import { oldestReadable, reachOf } from "../lists/list-plan.js";
import { type SettingsChange, settingsOf } from "./read-settings.js";
import { type Ground, OPEN_END, type SyncState } from "./sync-state.js";

/**
 * Brings a state to what a pass is asked for, and to the options that it is read under.
 * @param abandon intervals that are given up, by the start of calls.
 * @throws RetentionError when new ground begins before what the vendor keeps, and that was not consented to.
 */
export function preparePass(session: AccountSession, state: SyncState, { range, abandon }: { range: Span; abandon: readonly Span[] }, invocation: Invocation): void {
  const { provider } = session;
  const { records } = provider.operations;
  const reach = reachOf(records, provider);
  for (const change of state.adapt(settingsOf(provider), groundNow(session, state))) warnOf(session, change);
  const [first] = state.newGround(range).spans;
  if (first !== undefined) refuseBeforeRetention(session, first.from, invocation);
  state.ask(range, reach);
  state.abandon(abandon, records.partitions({}), reach);
}

/** What a state is to read, by the clock and the options of now. */
export function groundNow({ provider, clock }: AccountSession, state: SyncState): Ground {
  const { records } = provider.operations;
  const now = clock.soonestNow();
  const range = upTo(now, state.due);
  const reach = reachOf(records, provider);
  return { range, reach, universe: range.widen(reach), readable: { from: oldestReadable(records, provider, now), to: now } };
}

const READ_AGAIN: Record<SettingsChange["readAgain"], string | null> = {
  all: "What was read under the former value may be wrong: everything is read again, and calls that were delivered before come again, as `new` or as `updated`.",
  edges: "What was read does not reach far enough under the new value: calls near its ends are no longer complete, and what is missing is read.",
  none: null,
};

/** `filtersOn` is changed when it was measured: it reads more, or less, and no call is wrong. */
function warnOf({ provider: { account, operations }, services }: AccountSession, { option, before, now, readAgain }: SettingsChange): void {
  const effect = READ_AGAIN[readAgain];
  if (effect === null || option === "filtersOn") return;
  const message = `${account}: the option \`${option}\` was ${before} in the last pass of this sync, and is ${now} now. ${effect}`;
  services.emit({ type: "warning", account, operation: operations.records.name, message, key: null, field: null });
}

/** Ground without an end ends now; where it has not begun yet, there is still something to ask: a clock may be behind. */
export function upTo(now: number, ground: Intervals): Intervals {
  const last = ground.spans.at(-1);
  if (last === undefined || last.to < OPEN_END) return ground;
  return ground.before(Math.max(now, last.from + 1));
}
