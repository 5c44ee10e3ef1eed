import type { CallMetrics } from "../../metrics/index.js";
import { callsOf } from "../../metrics/call-counts.js";
import type { Words } from "../words/words.js";

/** The parts of the inbound and of the outbound calls that the charts distinguish, with their colors. */
export interface CallPart {
  name: keyof Words["series"];
  color: string;
  calls: number;
}

/** Returns the parts of the inbound calls. Where abandoned calls are not reported, they are among those that were not answered. */
export function inboundParts({ inbound }: CallMetrics): CallPart[] {
  const all = callsOf(inbound.outcomes);
  const [offered, answered] = [inbound.offered ?? 0, inbound.answered ?? 0];
  // The numbers of abandoned and missed calls count only the providers that report them.
  const abandoned = Math.min(inbound.abandoned ?? 0, offered - answered);
  return [
    { name: "answered", color: "answered", calls: answered },
    { name: "missed", color: "missed", calls: offered - answered - abandoned },
    { name: "abandoned", color: "abandoned", calls: abandoned },
    { name: "notOffered", color: "other", calls: all - offered },
  ];
}

/** Returns the parts of the outbound calls. */
export function outboundParts({ outbound }: CallMetrics): CallPart[] {
  const [attempts, connected] = [outbound.attempts ?? 0, outbound.connected ?? 0];
  return [
    { name: "connected", color: "connected", calls: connected },
    { name: "unconnected", color: "unconnected", calls: attempts - connected },
  ];
}

/** Returns the parts of all calls, of which there are five at most: abandoned and missed calls are one part. */
export function allParts(metrics: CallMetrics): CallPart[] {
  const [answered, missed, abandoned, notOffered] = inboundParts(metrics).map(({ calls }) => calls);
  const [connected, unconnected] = outboundParts(metrics).map(({ calls }) => calls);
  return [
    { name: "answered", color: "answered", calls: answered ?? 0 },
    { name: "unanswered", color: "missed", calls: (missed ?? 0) + (abandoned ?? 0) },
    { name: "notOffered", color: "other", calls: notOffered ?? 0 },
    { name: "connected", color: "connected", calls: connected ?? 0 },
    { name: "unconnected", color: "unconnected", calls: unconnected ?? 0 },
    { name: "unclassified", color: "unclassified", calls: metrics.unclassified },
  ];
}
