import type { CallRecord } from "call-records";
import type { EmulatedCall } from "call-records/testing";

/** The facts of a call, in one form for records and emulated calls. */
export interface CallFacts {
  id: string;
  application: string | null;
  direction: string;
  state: string;
  answered: boolean;
  startedAt: string;
  answeredAt: string | null;
  endedAt: string | null;
  talkSeconds: number | null;
  code: string | null;
}

const iso = (date: Date | null) => date?.toISOString() ?? null;
const byId = (a: CallFacts, b: CallFacts) => (a.id < b.id ? -1 : 1);

/** Returns the facts of records, sorted by id so that lists can be compared. */
export function factsOf(records: readonly CallRecord[]): CallFacts[] {
  return records
    .map((record) => ({
      id: record.id,
      application: record.application,
      direction: record.direction,
      state: record.state,
      answered: record.outcome === "answered",
      startedAt: record.startedAt.toISOString(),
      answeredAt: iso(record.answeredAt),
      endedAt: iso(record.endedAt),
      talkSeconds: record.talkSeconds,
      code: record.hangup?.code ?? null,
    }))
    .sort(byId);
}

/** Returns the facts of emulated calls, sorted by id. */
export function truthOf(calls: readonly EmulatedCall[]): CallFacts[] {
  return calls
    .map((call) => ({
      id: call.id,
      application: call.application,
      direction: call.direction,
      state: call.progress === "talking" ? "in-progress" : call.progress,
      answered: call.progress === "ended" && call.answered,
      startedAt: call.startedAt.toISOString(),
      answeredAt: iso(call.answeredAt),
      endedAt: iso(call.endedAt),
      talkSeconds: call.talkSeconds,
      code: call.endCode === null ? null : String(call.endCode),
    }))
    .sort(byId);
}

/** Returns the calls that began in `[from, to)`. */
export function within(calls: readonly EmulatedCall[], from: Date, to: Date): EmulatedCall[] {
  return calls.filter(({ startedAt }) => from <= startedAt && startedAt < to);
}

export const idsOf = (calls: readonly { id: string }[]): string[] => calls.map(({ id }) => id).sort();
