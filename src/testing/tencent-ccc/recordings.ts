import type { PlannedCall, VendorRow } from "../data/planned-call.js";
import type { StoredAudio } from "../recordings/audio-response.js";
import { KeptCalls, storedAudio } from "../recordings/kept-calls.js";
import type { RecordingRules } from "../recordings/recording-rules.js";
import type { RecordingStore } from "../recordings/recording-store.js";
import { cdrRow, RECORDINGS } from "./cdr-row.js";

/** The paths of Tencent's object store: `/session/ID.mp3`, `/seat/ID-SEQUENCE.mp3` and `/voicemail/ID.mp3`. */
const PATH = /^\/(?:session|voicemail|seat)\/(.+?)(?:-\d+)?\.mp3$/;
/** The id of a call may itself end like a sequence. */
const WHOLE_NAME = /^\/\w+\/(.+)\.mp3$/;

/** The recordings of Tencent: of calls, of each participant, and voice mails. */
export class TencentRecordings {
  readonly #kept: KeptCalls;
  readonly store: RecordingStore;

  constructor(
    calls: readonly PlannedCall[],
    rules: RecordingRules,
    now: () => number,
    createStore: (find: (path: string) => StoredAudio | null) => RecordingStore,
  ) {
    this.#kept = new KeptCalls(calls, rules, now);
    this.store = createStore((path) => this.#find(path));
  }

  /** Returns the row of a call as DescribeSessionDetail does: at the top level, with freshly signed addresses. */
  sessionDetail(call: PlannedCall): VendorRow {
    const { AsrUrl, StartTimestamp, ...row } = this.#signed(cdrRow(call)) as VendorRow;
    return { ...row, StartTimeStamp: StartTimestamp, AsrURL: AsrUrl };
  }

  /** Replaces each address of the object store, at any depth, by a signed one. */
  #signed(value: unknown): unknown {
    if (typeof value === "string" && value.startsWith(`${RECORDINGS}/`))
      return this.store.addressOf(value.slice(RECORDINGS.length));
    if (Array.isArray(value)) return value.map((one) => this.#signed(one));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#signed(one)]));
  }

  #find(path: string): StoredAudio | null {
    const call = this.#kept.find(PATH.exec(path)?.[1] ?? "") ?? this.#kept.find(WHOLE_NAME.exec(path)?.[1] ?? "");
    if (call === null) return null;
    const isListed = JSON.stringify(cdrRow(call)).includes(`${RECORDINGS}${path}`);
    return isListed ? storedAudio(call, path, "audio/mpeg") : null;
  }
}
