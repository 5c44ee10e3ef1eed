import type { PlannedCall } from "../data/planned-call.js";
import type { WallClock } from "../data/wall-clock.js";
import { CallTruth, type VendorTruth } from "../vendor-truth.js";
import type { TencentRecords } from "./actions.js";
import { cdrRow } from "./cdr-row.js";
import { sessionRow } from "./session-row.js";
import type { TencentUsage } from "./usage.js";

/** The calls and the usage of Tencent. */
export interface TencentTruth extends VendorTruth {
  /** The counts of DescribeTelCallInfo for each application and each day on which it has calls. */
  readonly usage: readonly TencentDayUsage[];
  /** Returns the counts for several applications over `[from, to)`. They are not a sum of `usage`, because `seats` cannot be added. */
  usageOf(sdkAppIds: readonly number[], from: Date, to: Date): TencentUsage;
}

/** Minutes and seats of one application on one day. */
export interface TencentDayUsage extends TencentUsage {
  /** The SdkAppId, as a string. */
  application: string;
  /** `yyyy-MM-dd` in the emulator's zone. */
  day: string;
  /** The first instant of the day. */
  from: Date;
  /** The first instant of the next day. */
  to: Date;
}

export class TencentCallTruth extends CallTruth implements TencentTruth {
  readonly #records: TencentRecords;
  readonly #wallClock: WallClock;

  constructor(planned: readonly PlannedCall[], now: () => number, records: TencentRecords, wallClock: WallClock) {
    super(planned, now, cdrRow, sessionRow);
    this.#records = records;
    this.#wallClock = wallClock;
  }

  get usage(): readonly TencentDayUsage[] {
    const days = new Map<string, { application: string; from: number }>();
    for (const { application, startedAt } of this.calls) {
      if (application === null) continue;
      const from = this.#wallClock.dayStart(startedAt.getTime());
      days.set(`${application}/${from}`, { application, from });
    }
    return [...days.values()].map(({ application, from }) => {
      const to = this.#wallClock.nextDay(from);
      const counted = this.#records.usage([Number(application)], from, to);
      return { application, day: this.#wallClock.day(from), from: new Date(from), to: new Date(to), ...counted };
    });
  }

  usageOf(sdkAppIds: readonly number[], from: Date, to: Date) {
    return this.#records.usage(sdkAppIds, from.getTime(), to.getTime());
  }
}
