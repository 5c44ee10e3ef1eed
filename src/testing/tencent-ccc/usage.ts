import type { PlannedCall } from "../data/planned-call.js";
import { hasTranscript } from "./cdr-row.js";

/** What DescribeTelCallInfo counts. All but `seats` add up over days and applications. */
export interface TencentUsage {
  /** Minutes of outbound calls by telephone (CallType 1 and 5). */
  outbound: number;
  /** Minutes of inbound calls by telephone (CallType 2). */
  inbound: number;
  /** Minutes of audio calls (CallType 3). */
  voip: number;
  /** Minutes of calls that were transcribed afterwards. */
  asrOffline: number;
  /** Minutes of calls that were transcribed while they went on. */
  asrRealtime: number;
  /** Different agents who were rung: the same agent on two days, or in two applications, counts once in each, but once only in a window over both. */
  seats: number;
}

/**
 * The vendor does not publish how it counts; the rule here is the usual one, and the one that this library uses for records: each answered call's talk
 * time is rounded up to whole minutes, then added. A call belongs to the day in which it started. Calls between agents (CallType 6) cost nothing.
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
