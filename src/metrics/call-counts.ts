import { callOutcomes, type Outcome } from "./outcomes.js";
import { addSecondCounts, type SecondCounts } from "./second-counts.js";

/** Numbers of calls by outcome. An outcome without calls is left out. */
export type OutcomeCounts = Partial<Record<Outcome, number>>;

/** The counts of the calls of one provider, from which every number of {@link CallMetrics} follows. Plain JSON. Counts of disjoint sets of calls can be added. */
export interface CallCounts {
  /** Inbound calls by outcome. */
  inbound: OutcomeCounts;
  /** Outbound calls by outcome. */
  outbound: OutcomeCounts;
  /** Calls of unknown direction by outcome. */
  unclassified: OutcomeCounts;
  /** Number of inbound calls that were abandoned in the voice menu. They are in `inbound.abandoned` too. */
  abandonedInMenu: number;
  /** Waits of answered inbound calls. */
  answeredWaits: SecondCounts;
  /** Waits of abandoned inbound calls, except those that were abandoned in the menu. */
  abandonedWaits: SecondCounts;
  /** Waits of missed inbound calls. */
  missedWaits: SecondCounts;
  /** Talk times of answered calls of any direction. */
  talk: SecondCounts;
  /** Number of calls with `answeredAt` and `endedAt`, which count for `peakConcurrent`. */
  timed: number;
}

/** Returns the counts of no calls. */
export function noCounts(): CallCounts {
  return {
    inbound: {},
    outbound: {},
    unclassified: {},
    abandonedInMenu: 0,
    answeredWaits: {},
    abandonedWaits: {},
    missedWaits: {},
    talk: {},
    timed: 0,
  };
}

/** Returns the sums of the counts of disjoint sets of calls. */
export function addCounts(parts: readonly CallCounts[]): CallCounts {
  const [only] = parts;
  // Most groups have the calls of one provider. A copy of their durations would take as long as the counting.
  if (only !== undefined && parts.length === 1) return only;
  return {
    inbound: addOutcomes(parts.map(({ inbound }) => inbound)),
    outbound: addOutcomes(parts.map(({ outbound }) => outbound)),
    unclassified: addOutcomes(parts.map(({ unclassified }) => unclassified)),
    abandonedInMenu: sum(parts.map(({ abandonedInMenu }) => abandonedInMenu)),
    answeredWaits: addSecondCounts(parts.map(({ answeredWaits }) => answeredWaits)),
    abandonedWaits: addSecondCounts(parts.map(({ abandonedWaits }) => abandonedWaits)),
    missedWaits: addSecondCounts(parts.map(({ missedWaits }) => missedWaits)),
    talk: addSecondCounts(parts.map(({ talk }) => talk)),
    timed: sum(parts.map(({ timed }) => timed)),
  };
}

/** Returns the sums by outcome, in the order of the outcomes. */
export function addOutcomes(parts: readonly OutcomeCounts[]): OutcomeCounts {
  const sums: OutcomeCounts = {};
  for (const outcome of callOutcomes) {
    const calls = sum(parts.map((part) => part[outcome] ?? 0));
    if (calls > 0) sums[outcome] = calls;
  }
  return sums;
}

/** Returns the number of calls of all outcomes. */
export function callsOf(counts: OutcomeCounts): number {
  return sum(callOutcomes.map((outcome) => counts[outcome] ?? 0));
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
