import { Random } from "../../src/testing/data/random.js";
import type { CustomCall, VendorId } from "../../src/testing/index.js";
import { onBound, placeBeside, STEPS, type UnusualCall, unusualFields } from "./history.js";
import { DAY, HOUR, PAST_MS, type SyncAccount, type SyncScenario } from "./sync-scenario.js";
import { SDK_APP_IDS } from "./simulated-provider.js";

/** A call whose row appears late, and is edited afterwards. */
export interface EditedCall extends UnusualCall {
  id: string;
  /** The customer's number, of which no two calls have the same: it tells twins apart. */
  customer: string;
  /** By which of the vendor's lists, or applications, shows it. */
  place: number;
  startedAt: number;
  endedAt: number;
  listedFrom: number;
  /** Whether it is listed later than any promise allows. */
  isLate: boolean;
  /** When its remark is written anew, ascending. */
  edits: number[];
}

const SECOND = 1000;
export const LONGEST_CALL_MS = 2 * HOUR;
/** By then a row has appeared, and had its last edit; counted from whichever of its times the vendor filters on, or from an earlier one. */
const LATEST_CHANGE_MS = 20 * HOUR;
/** And a row that is listed late. */
const LATE_LISTING_MS = 6 * DAY;
export const SETTLE_MS = DAY;
/** Calls go on beginning for so long after the first pass. */
export const FUTURE_MS = 6 * DAY;

/** The field of each vendor's row that people edit. */
export const REMARK: Record<VendorId, string> = {
  "tencent-ccc": "Remark",
  "huawei-cec": "callData",
  itniotech: "remark",
};

/** @param bounds where `onBounds` puts calls. */
export function editedCalls(
  { vendor, calls: count, quirks, windowSeconds }: SyncAccount,
  { seed, filterTime }: SyncScenario,
  now: number,
  bounds: readonly number[],
): EditedCall[] {
  const random = new Random(seed);
  // Of its own, so that the calls of a history are the same ones with and without what is unusual about it.
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
      place: isTwin ? (quirks.twins === "list" ? placeBeside(vendor, index - 1) : index - 1) : index,
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

/** What the vendor says of a call's remark: which edit it is of. */
export function remarkAt({ edits }: EditedCall, now: number): string {
  return `edit ${edits.filter((at) => at <= now).length}`;
}

/** The call as the emulator plays it: its remark is that of the vendor's now, and its link is signed anew each time. */
export function emulatedCall({ vendor, quirks }: SyncAccount, call: EditedCall, now: () => number): CustomCall {
  const unusual = unusualFields(vendor, call, quirks);
  const row = {
    ...unusual,
    get [REMARK[vendor]]() {
      return remarkAt(call, now());
    },
    // Of the other vendors, one more field that nobody knows.
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
  // Both of the vendor's lists, and both of its applications, have some.
  if (vendor === "huawei-cec" && place % 3 === 0) return { ...custom, type: 4 };
  if (vendor === "tencent-ccc") return { ...custom, application: SDK_APP_IDS[place % 2] ?? 0 };
  return custom;
}
