import type { PlannedCall } from "../data/planned-call.js";

/** How one vendor keeps and sends recordings. */
export interface RecordingRules {
  /** Whether the vendor still has the recordings of a call. */
  isKept(call: PlannedCall, now: number): boolean;
  /** Whether the server sends parts of recordings. */
  hasRanges: boolean;
  /** Seconds for which an address is valid. */
  addressSeconds: number;
}

/** Returns the rules. @param retentionSeconds how long recordings are kept after the end of a call. */
export function recordingRules(retentionSeconds: number, rules: Omit<RecordingRules, "isKept">): RecordingRules {
  return {
    ...rules,
    isKept: ({ endedAt }, now) => endedAt !== null && endedAt <= now && now < endedAt + retentionSeconds * 1000,
  };
}
