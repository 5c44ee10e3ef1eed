import type { CallRecord, Recording } from "call-records";
import type { ReceivedRequest, VendorEmulator, VendorId } from "call-records/testing";
import { recordingAudio } from "../../../src/testing/recordings/recording-audio.js";
import { STORE_OPERATION } from "../../../src/testing/recordings/recording-store.js";

const VOICE_FILE = "voice/getVoiceFile";
const HUAWEI_PATH = /^\/(.+)\.wav$/;
const TENCENT_PATHS = /\/(?:session|seat|voicemail)\/[^"?]+\.mp3/g;

/** The name by which a vendor finds the audio of a recording, such as its path. The label of each account is the id of its vendor. */
export type AudioKey = `${VendorId} ${string}`;

/** Returns the audio that the emulator sends. */
export function audioOf(key: AudioKey): Buffer {
  return recordingAudio(key.slice(key.indexOf(" ") + 1));
}

/** Returns the key of a listed recording. */
export function keyOfRecording({ provider }: CallRecord, { id, url }: Recording): AudioKey {
  const name = provider === "tencent-ccc" ? new URL(url ?? "").pathname : id;
  return `${provider as VendorId} ${name ?? ""}`;
}

/** Returns the key of the recording that a request downloads; null for any other request. */
export function keyOfRequest({ vendor, operation, path, query }: ReceivedRequest): AudioKey | null {
  if (operation === VOICE_FILE) return `${vendor} ${new URLSearchParams(query).get("voiceFileId") ?? ""}`;
  if (operation !== STORE_OPERATION) return null;
  return `${vendor} ${vendor === "huawei-cec" ? decodeURIComponent(HUAWEI_PATH.exec(path)?.[1] ?? "") : path}`;
}

/** Returns the keys of all recordings of the calls that began at or after an instant, from the vendors' own rows. */
export function emulatedKeys({ truth }: VendorEmulator, from: number): Set<AudioKey> {
  const callsOf = (vendor: VendorId) => truth[vendor].calls.filter(({ startedAt }) => startedAt.getTime() >= from);
  return new Set<AudioKey>([
    ...callsOf("tencent-ccc").flatMap(({ row }) =>
      (JSON.stringify(row).match(TENCENT_PATHS) ?? []).map((path) => `tencent-ccc ${path}` as const),
    ),
    ...callsOf("huawei-cec").flatMap(({ id, answered, endedAt }) =>
      answered && endedAt !== null ? [`huawei-cec ${id}` as const] : [],
    ),
    ...callsOf("itniotech").flatMap(({ row: { voiceUrl } }) =>
      typeof voiceUrl === "string" && voiceUrl !== "" ? [`itniotech ${voiceUrl}` as const] : [],
    ),
  ]);
}
