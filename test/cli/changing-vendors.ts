import { type CustomCall, startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { onTestFinished } from "vitest";

const DAY_MS = 86_400_000;

/** Vendors with five calls of yesterday. */
export interface ChangingVendors {
  emulator: VendorEmulator;
  /** The first call, whose remark a test can change. */
  first: { remark: string };
}

/** Starts the vendors, which end with the test. */
export async function startChangingVendors(): Promise<ChangingVendors> {
  const first = { remark: "before" };
  const call = (hours: number): CustomCall => ({ startedAt: new Date(Date.now() - DAY_MS + hours * 3_600_000) });
  const changing = {
    ...call(0),
    row: {
      get remark() {
        return first.remark;
      },
    },
  };
  const emulator = await startVendorEmulator({
    days: 5,
    callsPerDay: 0,
    activeCalls: 0,
    calls: { itniotech: [changing, call(1), call(2)], "huawei-cec": [call(3)], "tencent-ccc": [call(4)] },
  });
  onTestFinished(() => emulator.close());
  return { emulator, first };
}
