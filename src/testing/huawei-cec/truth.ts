import type { PlannedCall } from "../data/planned-call.js";
import { CallTruth, type VendorTruth } from "../vendor-truth.js";
import { detailRow } from "./detail-row.js";
import { workbenchKeys, type WorkbenchKeys } from "./workbench.js";

/** The calls of Huawei. */
export interface HuaweiTruth extends VendorTruth {
  /** Returns the keys that `queryCallInfoByCallId` requires for a call of `activeCalls`, by its id; null for a call without an agent. */
  workbenchKeys(id: string): WorkbenchKeys | null;
}

export class HuaweiCallTruth extends CallTruth implements HuaweiTruth {
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
