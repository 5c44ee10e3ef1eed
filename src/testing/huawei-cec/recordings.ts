import type { PlannedCall, VendorRow } from "../data/planned-call.js";
import type { StoredAudio } from "../recordings/audio-response.js";
import { KeptCalls, storedAudio } from "../recordings/kept-calls.js";
import type { RecordingRules } from "../recordings/recording-rules.js";
import type { RecordingStore } from "../recordings/recording-store.js";

const MAX_SERIAL_LENGTH = 50;
const SUFFIX = ".wav";

/** The recordings of Huawei: one for each answered call. */
export class HuaweiRecordings {
  readonly #kept: KeptCalls;
  readonly store: RecordingStore;

  constructor(
    calls: readonly PlannedCall[],
    rules: RecordingRules,
    now: () => number,
    createStore: (find: (path: string) => StoredAudio | null) => RecordingStore,
  ) {
    const answered = calls.filter(({ answeredAt }) => answeredAt !== null);
    this.#kept = new KeptCalls(answered, rules, now);
    this.store = createStore((path) => this.#find(path));
  }

  /** Returns the response of getRecordingAddress. Its return codes are numbers, as documented. */
  addressOf(callSerialNo: unknown): VendorRow {
    if (typeof callSerialNo !== "string" || callSerialNo === "")
      return { retCode: 5, retMsg: "The record does not exist." };
    if (callSerialNo.length > MAX_SERIAL_LENGTH) return { retCode: 12, retMsg: "The callSerialNo is too long." };
    const path = `/${encodeURIComponent(callSerialNo)}${SUFFIX}`;
    if (this.#find(path) === null) return { retCode: 5, retMsg: "The record does not exist." };
    return { retCode: 0, retMsg: "success", result: { url: this.store.addressOf(path) } };
  }

  #find(path: string): StoredAudio | null {
    const id = decodeURIComponent(path.slice(1, -SUFFIX.length));
    const call = this.#kept.find(id);
    // The object store does not know the type of the file.
    return call === null ? null : storedAudio(call, id, "application/octet-stream");
  }
}
