import type { Outcome } from "../index.js";
import { outcomes } from "../model/call-record.js";

export type { Outcome };

/** The outcomes, in the order in which counts list them. */
export const callOutcomes: readonly Outcome[] = outcomes;

const indexes: ReadonlyMap<string, number> = new Map(callOutcomes.map((outcome, index) => [outcome, index]));

/** Returns the index of the outcome of an ended call; `unknown` where the record has none. @throws TypeError for a text that is not an outcome. */
export function outcomeIndex(outcome: Outcome | null): number {
  const index = indexes.get(outcome ?? "unknown");
  if (index === undefined) throw new TypeError("There is no such outcome.");
  return index;
}

/** The index of `answered`. */
export const ANSWERED = outcomeIndex("answered");
/** The index of `abandoned`. */
export const ABANDONED = outcomeIndex("abandoned");

const NOT_OFFERED: ReadonlySet<number> = new Set(
  (["self-service", "blocked", "out-of-hours"] as const).map((outcome) => outcomeIndex(outcome)),
);

/** Whether an inbound call of this outcome was not offered to agents. */
export function isNotOffered(index: number): boolean {
  return NOT_OFFERED.has(index);
}
