import type { CallRecord } from "../../model/call-record.js";
import type { UsageCalls, UsageMinutes } from "../../model/usage-summary.js";

/** What counting records can tell of minutes. */
type Line = "outbound" | "inbound" | "voip" | "unclassified";

/** A sum of what is known; null where something was added of which nothing is known, and nothing of which anything is. */
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

/** What the ended calls of one application in one period amount to. */
export class CallCount {
  private total = 0;
  private answered = 0;
  /** Answered calls of which no length is known. */
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
 * Whether a call has ended: by its state, or by its end or its talk, which are written when a call ends. A vendor may leave the state of a call as it was.
 */
export function hasEnded({ state, endedAt, talkSeconds }: CallRecord): boolean {
  return state === "ended" || endedAt !== null || (talkSeconds ?? 0) > 0;
}

/** By the evidence of a talk, and only without it by what the vendor's code means: a code may be new, and its call is billed all the same. */
function wasAnswered({ outcome, talkSeconds, answeredAt }: CallRecord): boolean {
  return outcome === "answered" || (talkSeconds ?? 0) > 0 || (talkSeconds === null && answeredAt !== null);
}

/** As what a call is billed; null for one between staff, which is not. */
function lineOf({ kind, direction }: CallRecord): Line | null {
  if (kind === "voip") return "voip";
  if (direction === "internal") return null;
  return direction === "unknown" ? "unclassified" : direction;
}
