import { Random } from "../../src/testing/data/random.js";
import type { CustomCall, VendorId } from "../../src/testing/index.js";
import { onBound, placeInOtherList, STEPS, type UnusualCall, unusualFields } from "./history.js";
import { DAY, HOUR, PAST_MS, type SyncAccount, type SyncScenario } from "./sync-scenario.js";
import { SDK_APP_IDS } from "./simulated-provider.js";

/** A call whose row appears later than its end, and is then edited. */
export interface EditedCall extends UnusualCall {
  id: string;
  /** The customer's number. It is unique, so it distinguishes twins. */
  customer: string;
  /** The number that selects the vendor's list or application that contains it. */
  place: number;
  startedAt: number;
  endedAt: number;
  listedFrom: number;
  /** Whether it is listed later than the declared settle time allows. */
  isLate: boolean;
  /** The times at which its remark is changed, in ascending order. */
  edits: number[];
}

const SECOND = 1000;
export const LONGEST_CALL_MS = 2 * HOUR;
/** The longest delay until a row is listed and was last edited, from the time that the vendor filters on or an earlier one. */
const LATEST_CHANGE_MS = 20 * HOUR;
/** The delay of a row that is listed late. */
const LATE_LISTING_MS = 6 * DAY;
export const SETTLE_MS = DAY;
/** The period after the first pass in which calls begin. */
export const FUTURE_MS = 6 * DAY;

/** The field of each vendor's row that people edit. */
export const REMARK: Record<VendorId, string> = {
  "tencent-ccc": "Remark",
  "huawei-cec": "callData",
  itniotech: "remark",
};

/** Returns the calls of an account. @param bounds the instants at which `onBounds` places calls. */
export function editedCalls(
  { vendor, calls: count, quirks, windowSeconds }: SyncAccount,
  { seed, filterTime }: SyncScenario,
  now: number,
  bounds: readonly number[],
): EditedCall[] {
  const random = new Random(seed);
  // A separate generator, so that unusual properties do not change the other properties of the calls.
  const unusual = new Random(seed + 2);
  const stepped = (time: number) => Math.floor(time / STEPS[vendor]) * STEPS[vendor];
  const calls: EditedCall[] = [];
  for (let index = 0; index < count; index += 1) {
    const previous = calls.at(-1);
    const anywhere = now + random.integer(-PAST_MS, FUTURE_MS);
    const lasts = random.integer(0, random.chance(0.8) ? 600 * SECOND : LONGEST_CALL_MS);
    const isTwin = quirks.twins !== undefined && index % 4 === 3 && previous !== undefined;
    const usual = unusual.chance(quirks.onBounds ?? 0)
      ? onBound(unusual, bounds, STEPS[vendor], filterTime, lasts, 0)
      : anywhere;
    const startedAt = stepped(
      isTwin
        ? previous.startedAt -
            (quirks.twins === "neighbour" ? windowSeconds * SECOND : 0) -
            unusual.integer(0, 600) * SECOND
        : usual,
    );
    const endedAt = stepped(startedAt + lasts);
    const latest = startedAt + LATEST_CHANGE_MS;
    const usuallyListed = random.chance(0.7) ? endedAt : random.integer(endedAt, latest);
    const isLate = quirks.listsLate === true && unusual.chance(0.2);
    const edits = Array.from({ length: random.chance(0.5) ? 0 : random.integer(1, 3) }, () =>
      random.integer(startedAt, latest),
    ).sort((a, b) => a - b);
    calls.push({
      id: isTwin ? previous.id : String(1_262_218_830_000_000_001n + BigInt(index)),
      customer: `86138${String(index).padStart(8, "0")}`,
      place: isTwin ? (quirks.twins === "list" ? placeInOtherList(vendor, index - 1) : index - 1) : index,
      startedAt,
      endedAt,
      listedFrom: isLate ? endedAt + LATE_LISTING_MS : usuallyListed,
      isLate,
      edits,
      hasNoStart: unusual.chance(quirks.wrongUnit ?? 0),
      hasNoTimes: quirks.noTime !== undefined && unusual.chance(0.5),
      hasDuration: !(quirks.noDuration === true && unusual.chance(0.5)),
    });
  }
  return calls;
}

/** Returns the remark of a call, which contains the number of its edits so far. */
export function remarkAt({ edits }: EditedCall, now: number): string {
  return `edit ${edits.filter((at) => at <= now).length}`;
}

/** Returns the call for the emulator. Its remark is the current one, and its link is signed again in each response. */
export function emulatedCall({ vendor, quirks }: SyncAccount, call: EditedCall, now: () => number): CustomCall {
  const unusual = unusualFields(vendor, call, quirks);
  const row = {
    ...unusual,
    get [REMARK[vendor]]() {
      return remarkAt(call, now());
    },
    // The rows of the other vendors get an unknown field.
    get [vendor === "tencent-ccc" ? "RecordURL" : "link"]() {
      return vendor === "tencent-ccc" ? `https://records.test/${call.id}.mp3?sign=${now()}` : null;
    },
  };
  const { id, customer, place, startedAt, endedAt, listedFrom } = call;
  const custom = {
    id,
    customer,
    startedAt: new Date(startedAt),
    endedAt: new Date(endedAt),
    listedFrom: new Date(listedFrom),
    row,
  };
  // Both lists and both applications of a vendor contain calls.
  if (vendor === "huawei-cec" && place % 3 === 0) return { ...custom, type: 4 };
  if (vendor === "tencent-ccc") return { ...custom, application: SDK_APP_IDS[place % 2] ?? 0 };
  return custom;
}
