import type { CallRecord, Direction } from "../index.js";
import { ABANDONED, ANSWERED, outcomeIndex } from "./outcomes.js";

/** The directions that are counted, by their index. */
export const INBOUND = 0;
export const OUTBOUND = 1;
export const UNCLASSIFIED = 2;

/** A duration that is not known. */
export const UNKNOWN = -1;

/** The fields of one call that are counted. One object is used for all calls, because a new one for each call takes longer than the counting. */
export class CallFacts {
  direction: typeof INBOUND | typeof OUTBOUND | typeof UNCLASSIFIED = UNCLASSIFIED;
  /** The index of the outcome. */
  outcome = 0;
  isAbandonedInMenu = false;
  /** The wait of an inbound call in whole seconds, or UNKNOWN. */
  wait = UNKNOWN;
  /** The talk time of an answered call in whole seconds, or UNKNOWN. */
  talk = UNKNOWN;
  /** The seconds since 1970 from which until before which the call is in progress; both 0 where one of them is unknown. */
  talkFrom = 0;
  talkTo = 0;
  isTimed = false;

  /** Reads a call that has ended and is not internal. @throws TypeError when a field has no valid value. */
  read(call: CallRecord, menuAbandonCodes: ReadonlySet<string> | null): void {
    this.direction = directionIndex(call.direction);
    this.outcome = outcomeIndex(call.outcome);
    const isInbound = this.direction === INBOUND;
    const code = this.outcome === ABANDONED && isInbound ? call.hangup?.code : null;
    this.isAbandonedInMenu = code != null && menuAbandonCodes?.has(code) === true;
    this.wait = isInbound ? waitOf(call) : UNKNOWN;
    this.talk = this.outcome === ANSWERED ? durationOf(call.talkSeconds) : UNKNOWN;
    this.readProgress(call);
  }

  private readProgress({ answeredAt, endedAt }: CallRecord): void {
    const from = answeredAt === null ? NaN : answeredAt.getTime();
    const to = endedAt === null ? NaN : endedAt.getTime();
    this.isTimed = from <= to;
    this.talkFrom = this.isTimed ? Math.floor(from / 1000) : 0;
    this.talkTo = this.isTimed ? Math.floor(to / 1000) : 0;
  }
}

function directionIndex(direction: Direction): CallFacts["direction"] {
  if (direction === "inbound") return INBOUND;
  if (direction === "outbound") return OUTBOUND;
  if (direction === "unknown") return UNCLASSIFIED;
  throw new TypeError("There is no such direction.");
}

/** Returns the wait in whole seconds: the field, else from `queuedAt`, else `ringingAt`, to `answeredAt`, else `endedAt`; UNKNOWN where it is not known. */
function waitOf(call: CallRecord): number {
  if (call.waitSeconds !== null) return durationOf(call.waitSeconds);
  const from = call.queuedAt ?? call.ringingAt;
  const to = call.answeredAt ?? call.endedAt;
  if (from === null || to === null) return UNKNOWN;
  const ms = to.getTime() - from.getTime();
  return ms >= 0 ? Math.round(ms / 1000) : UNKNOWN;
}

function durationOf(seconds: number | null): number {
  if (seconds === null) return UNKNOWN;
  if (!Number.isSafeInteger(seconds) || seconds < 0) throw new TypeError("There is no such duration.");
  return seconds;
}
