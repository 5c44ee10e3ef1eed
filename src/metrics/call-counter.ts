import { type CallFacts, INBOUND, OUTBOUND, UNCLASSIFIED, UNKNOWN } from "./call-facts.js";
import type { CallCounts, OutcomeCounts } from "./call-counts.js";
import type { MetricsSettings } from "./metrics-options.js";
import { ABANDONED, ANSWERED, callOutcomes, isNotOffered } from "./outcomes.js";
import { DurationCounter } from "./second-counts.js";

/** Counts the calls of one provider in one group. */
export class CallCounter {
  private readonly outcomes = new Uint32Array(3 * callOutcomes.length);
  private abandonedInMenu = 0;
  private timed = 0;
  private answeredWaits: DurationCounter | null = null;
  private abandonedWaits: DurationCounter | null = null;
  private missedWaits: DurationCounter | null = null;
  private talk: DurationCounter | null = null;

  constructor(private readonly menuAbandons: MetricsSettings["menuAbandons"]) {}

  add(call: CallFacts): void {
    const place = call.direction * callOutcomes.length + call.outcome;
    this.outcomes[place] = (this.outcomes[place] ?? 0) + 1;
    if (call.isAbandonedInMenu) this.abandonedInMenu += 1;
    if (call.isTimed) this.timed += 1;
    if (call.wait !== UNKNOWN) this.addWait(call);
    if (call.talk !== UNKNOWN) (this.talk ??= new DurationCounter()).add(call.talk);
  }

  private addWait(call: CallFacts): void {
    if (call.outcome === ANSWERED) (this.answeredWaits ??= new DurationCounter()).add(call.wait);
    else if (call.outcome === ABANDONED && !call.isAbandonedInMenu)
      (this.abandonedWaits ??= new DurationCounter()).add(call.wait);
    else if (call.isAbandonedInMenu ? this.menuAbandons === "offered" : !isNotOffered(call.outcome))
      (this.missedWaits ??= new DurationCounter()).add(call.wait);
  }

  counts(): CallCounts {
    return {
      inbound: this.outcomesOf(INBOUND),
      outbound: this.outcomesOf(OUTBOUND),
      unclassified: this.outcomesOf(UNCLASSIFIED),
      abandonedInMenu: this.abandonedInMenu,
      answeredWaits: this.answeredWaits?.counts() ?? {},
      abandonedWaits: this.abandonedWaits?.counts() ?? {},
      missedWaits: this.missedWaits?.counts() ?? {},
      talk: this.talk?.counts() ?? {},
      timed: this.timed,
    };
  }

  private outcomesOf(direction: CallFacts["direction"]): OutcomeCounts {
    const counts: OutcomeCounts = {};
    callOutcomes.forEach((outcome, index) => {
      const calls = this.outcomes[direction * callOutcomes.length + index] ?? 0;
      if (calls > 0) counts[outcome] = calls;
    });
    return counts;
  }
}
