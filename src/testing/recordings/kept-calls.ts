import type { PlannedCall } from "../data/planned-call.js";
import type { StoredAudio } from "./audio-response.js";
import { recordingAudio } from "./recording-audio.js";
import type { RecordingRules } from "./recording-rules.js";

/** The calls whose recordings a vendor may have, by their ids. */
export class KeptCalls {
  readonly #calls: ReadonlyMap<string, PlannedCall>;
  readonly #rules: RecordingRules;
  readonly #now: () => number;

  constructor(calls: readonly PlannedCall[], rules: RecordingRules, now: () => number) {
    this.#calls = new Map(calls.map((call) => [call.id, call]));
    this.#rules = rules;
    this.#now = now;
  }

  /** Returns a call whose recordings the vendor still has; null for any other id. */
  find(id: string): PlannedCall | null {
    const call = this.#calls.get(id);
    return call !== undefined && this.#rules.isKept(call, this.#now()) ? call : null;
  }
}

/** Returns a recording of a call as a server has it. @param name decides the audio. */
export function storedAudio(
  { startedAt, endedAt }: PlannedCall,
  name: string,
  contentType: StoredAudio["contentType"],
): StoredAudio {
  return { audio: recordingAudio(name), contentType, changedAt: endedAt ?? startedAt };
}
