import type { CallRecord } from "../../model/call-record.js";
import type { UsageCalls, UsageMinutes } from "../../model/usage-summary.js";

/** The kinds of minutes that can be counted from records. */
type Line = "outbound" | "inbound" | "voip" | "unclassified";

/** A sum of the known values. It is null when all added values are unknown. */
class KnownSum {
  private sum = 0;
  private known = 0;
  private unknown = 0;

  add(value: number | null): void {
    if (value === null) this.unknown += 1;
    else {
      this.known += 1;
      this.sum += value;
    }
  }

  get value(): number | null {
    return this.unknown > 0 && this.known === 0 ? null : this.sum;
  }
}

/** The usage of the ended calls of one application in one period. */
export class CallCount {
  private total = 0;
  private answered = 0;
  /** Number of answered calls of unknown length. */
  answeredWithoutDuration = 0;
  private inbound = 0;
  private outbound = 0;
  private readonly talk = new KnownSum();
  private readonly lines: Readonly<Record<Line, KnownSum>> = {
    outbound: new KnownSum(),
    inbound: new KnownSum(),
    voip: new KnownSum(),
    unclassified: new KnownSum(),
  };

  /** @param record of a call that has ended. */
  add(record: CallRecord): void {
    this.total += 1;
    if (record.direction === "inbound") this.inbound += 1;
    if (record.direction === "outbound") this.outbound += 1;
    if (!wasAnswered(record)) return;
    const { talkSeconds } = record;
    this.answered += 1;
    if (talkSeconds === null) this.answeredWithoutDuration += 1;
    this.talk.add(talkSeconds);
    const line = lineOf(record);
    if (line !== null) this.lines[line].add(talkSeconds === null ? null : Math.ceil(talkSeconds / 60));
  }

  calls(): UsageCalls {
    const { total, answered, inbound, outbound } = this;
    return { total, answered, inbound, outbound };
  }

  minutes(): Pick<UsageMinutes, Line> {
    const { outbound, inbound, voip, unclassified } = this.lines;
    return { outbound: outbound.value, inbound: inbound.value, voip: voip.value, unclassified: unclassified.value };
  }

  talkSeconds(): number | null {
    return this.talk.value;
  }
}

/**
 * Whether a call has ended: by its state, or by its end or its talk time, which are written when a call ends. A vendor may not update the state.
 */
export function hasEnded({ state, endedAt, talkSeconds }: CallRecord): boolean {
  return state === "ended" || endedAt !== null || (talkSeconds ?? 0) > 0;
}

/** Whether a call was answered: by its talk time, or otherwise by its outcome. The vendor's code may be new, and the call is billed nevertheless. */
function wasAnswered({ outcome, talkSeconds, answeredAt }: CallRecord): boolean {
  return outcome === "answered" || (talkSeconds ?? 0) > 0 || (talkSeconds === null && answeredAt !== null);
}

/** Returns the kind of minutes under which a call is billed; null for an internal call, which is not billed. */
function lineOf({ kind, direction }: CallRecord): Line | null {
  if (kind === "voip") return "voip";
  if (direction === "internal") return null;
  return direction === "unknown" ? "unclassified" : direction;
}
