import type { PlannedCall } from "../data/planned-call.js";
import { hasTranscript } from "./cdr-row.js";

/** The counts of DescribeTelCallInfo. All except `seats` can be added over days and applications. */
export interface TencentUsage {
  /** Minutes of outbound calls by telephone (CallType 1 and 5). */
  outbound: number;
  /** Minutes of inbound calls by telephone (CallType 2). */
  inbound: number;
  /** Minutes of audio calls (CallType 3). */
  voip: number;
  /** Minutes of calls that were transcribed afterwards. */
  asrOffline: number;
  /** Minutes of calls that were transcribed in real time. */
  asrRealtime: number;
  /** Number of distinct agents whose telephones rang. An agent on two days or in two applications counts once in each, and once in a window over both. */
  seats: number;
}

/**
 * Counts usage. The vendor does not publish its rule. This is the usual one, which this library also applies to records: each answered call's talk time is rounded up to whole minutes, then added. A call belongs to the day on which it started. Calls between agents (CallType 6) are free.
 */
export function countUsage(calls: Iterable<PlannedCall>): TencentUsage {
  const usage: TencentUsage = { outbound: 0, inbound: 0, voip: 0, asrOffline: 0, asrRealtime: 0, seats: 0 };
  const agents = new Set<string>();
  for (const call of calls) {
    for (const agent of [call.missedBy, call.agent, call.transferredTo])
      if (agent !== null) agents.add(agent.staffNumber);
    if (call.answeredAt === null) continue;
    const minutes = Math.ceil(call.talkSeconds / 60);
    if (call.type === 1 || call.type === 5) usage.outbound += minutes;
    if (call.type === 2) usage.inbound += minutes;
    if (call.type === 3) usage.voip += minutes;
    if (hasTranscript(call)) usage.asrOffline += minutes;
    if (call.seed % 11 === 0) usage.asrRealtime += minutes;
  }
  return { ...usage, seats: agents.size };
}
