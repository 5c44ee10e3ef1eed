import { Random } from "../../src/testing/data/random.js";
import type { CustomCall, VendorId } from "../../src/testing/index.js";
import { DAY, HOUR, PAST_MS, type SyncScenario } from "./sync-scenario.js";

/** A call whose row appears late, and is edited afterwards. */
export interface EditedCall {
  id: string;
  startedAt: number;
  endedAt: number;
  listedFrom: number;
  /** When its remark is written anew, ascending. */
  edits: number[];
}

const SECOND = 1000;
export const LONGEST_CALL_MS = 2 * HOUR;
/** By then a row has appeared, and had its last edit; counted from whichever of its times the vendor filters on, or from an earlier one. */
const LATEST_CHANGE_MS = 20 * HOUR;
export const SETTLE_MS = DAY;
/** Calls go on beginning for so long after the first pass. */
export const FUTURE_MS = 6 * DAY;

const STEPS: Record<VendorId, number> = { "tencent-ccc": SECOND, "huawei-cec": 1, itniotech: SECOND };

/** The field of each vendor's row that people edit. */
export const REMARK: Record<VendorId, string> = { "tencent-ccc": "Remark", "huawei-cec": "callData", itniotech: "remark" };

export function editedCalls(vendor: VendorId, count: number, { seed }: SyncScenario, now: number): EditedCall[] {
  const random = new Random(seed);
  const stepped = (time: number) => Math.floor(time / STEPS[vendor]) * STEPS[vendor];
  return Array.from({ length: count }, (_, index) => {
    const startedAt = stepped(now + random.integer(-PAST_MS, FUTURE_MS));
    const endedAt = stepped(startedAt + random.integer(0, random.chance(0.8) ? 600 * SECOND : LONGEST_CALL_MS));
    const latest = startedAt + LATEST_CHANGE_MS;
    const listedFrom = random.chance(0.7) ? endedAt : random.integer(endedAt, latest);
    const edits = Array.from({ length: random.chance(0.5) ? 0 : random.integer(1, 3) }, () => random.integer(startedAt, latest)).sort((a, b) => a - b);
    return { id: String(1_262_218_830_000_000_001n + BigInt(index)), startedAt, endedAt, listedFrom, edits };
  });
}

/** What the vendor says of a call's remark: which edit it is of. */
export function remarkAt({ edits }: EditedCall, now: number): string {
  return `edit ${edits.filter((at) => at <= now).length}`;
}

/** The call as the emulator plays it: its remark is that of the vendor's now, and its link is signed anew each time. */
export function emulatedCall(vendor: VendorId, call: EditedCall, index: number, now: () => number): CustomCall {
  const row = {
    get [REMARK[vendor]]() {
      return remarkAt(call, now());
    },
    // Of the other vendors, one more field that nobody knows.
    get [vendor === "tencent-ccc" ? "RecordURL" : "link"]() {
      return vendor === "tencent-ccc" ? `https://records.test/${call.id}.mp3?sign=${now()}` : null;
    },
  };
  const { id, startedAt, endedAt, listedFrom } = call;
  const custom = { id, startedAt: new Date(startedAt), endedAt: new Date(endedAt), listedFrom: new Date(listedFrom), row };
  // Both of the vendor's lists, and both of its applications, have some.
  if (vendor === "huawei-cec" && index % 3 === 0) return { ...custom, type: 4 };
  if (vendor === "tencent-ccc") return { ...custom, application: 1_400_000_000 + (index % 2) };
  return custom;
}
