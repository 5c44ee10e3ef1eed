import type { PlannedCall } from "./data/planned-call.js";
import type { WallClock } from "./data/wall-clock.js";
import { workbenchKeys } from "./huawei-cec/workbench.js";
import { detailRow } from "./huawei-cec/detail-row.js";
import { recordRow } from "./itniotech/record-row.js";
import type { TencentRecords } from "./tencent-ccc/actions.js";
import { cdrRow } from "./tencent-ccc/cdr-row.js";
import { sessionRow } from "./tencent-ccc/session-row.js";
import {
  CallTruth,
  type HuaweiTruth,
  type TencentDayUsage,
  type TencentTruth,
  type VendorTruth,
} from "./vendor-truth.js";
import type { VendorId } from "./vendor.js";

/** The calls that a correct client must find. It is a type and not an interface, because `Object.values` then infers the type of its values. */
export type EmulatorTruth = Readonly<
  Record<"tencent-ccc", TencentTruth> & Record<"huawei-cec", HuaweiTruth> & Record<"itniotech", VendorTruth>
>;

class TencentCallTruth extends CallTruth implements TencentTruth {
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

class HuaweiCallTruth extends CallTruth implements HuaweiTruth {
  readonly #planned: readonly PlannedCall[];

  constructor(planned: readonly PlannedCall[], now: () => number) {
    super(planned, now, detailRow, detailRow);
    this.#planned = planned;
  }

  workbenchKeys(id: string) {
    const call = this.#planned.find((one) => one.id === id);
    return call === undefined ? null : workbenchKeys(call);
  }
}

export function createTruth(
  planned: Record<VendorId, readonly PlannedCall[]>,
  records: TencentRecords,
  wallClock: WallClock,
  now: () => number,
): EmulatorTruth {
  const itniotechRow = (call: PlannedCall) => recordRow(call, wallClock);
  return {
    "tencent-ccc": new TencentCallTruth(planned["tencent-ccc"], now, records, wallClock),
    "huawei-cec": new HuaweiCallTruth(planned["huawei-cec"], now),
    itniotech: new CallTruth(planned.itniotech, now, itniotechRow, itniotechRow),
  };
}
