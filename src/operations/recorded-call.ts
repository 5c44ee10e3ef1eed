import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { RecordedCall, RecordingQuery } from "../contract/recordings.js";
import type { Recording } from "../model/call-record.js";
import { RequestError } from "../model/errors.js";
import { instantSchema, readArguments } from "./arguments.js";

const recordingSchema = z.object({
  id: z.string().nullable(),
  url: z.string().nullable(),
  kind: z.enum(["call", "voicemail"]),
  transcriptUrl: z.string().nullable().default(null),
});
const recordings = z.array(recordingSchema).default([]);
/** A time of a record; a record that was stored as JSON has a text. */
const time = instantSchema
  .transform((instant) => new Date(instant))
  .nullable()
  .default(null);

/** The fields of a call that a download needs. The others are ignored, because a stored call may lack them. */
const callSchema = z.object({
  account: z.string(),
  application: z.string().nullable().default(null),
  id: z.string(),
  relatedIds: z.record(z.string(), z.string()).default({}),
  startedAt: time,
  endedAt: time,
  recordings,
  legs: z.array(z.object({ recordings })).default([]),
});

/** A call whose recording is downloaded: a record, or a stored copy of one. */
export interface CallWithRecordings {
  /** The account's label. */
  account: string;
  /** The application of the call, or null. */
  application: string | null;
  /** The vendor's id of the call. */
  id: string;
  /** The vendor's other ids of the call. */
  relatedIds?: Readonly<Record<string, string>>;
  /** The time at which the call began, also as ISO 8601 with an offset. Tencent needs it. */
  startedAt?: Date | string | null;
  /** The time at which the call ended, in the same formats. */
  endedAt?: Date | string | null;
  /** The recordings of the whole call. */
  recordings: readonly Recording[];
  /** The legs, with their recordings. */
  legs?: readonly {
    /** The recordings of the leg. */
    recordings?: readonly Recording[];
  }[];
}

/** Returns the account of a call. @throws RequestError when it is not a call. */
export function accountOfCall(call: unknown): string {
  return readArguments("openRecording", z.object({ call: callSchema }), { call }).call.account;
}

/**
 * Returns the recording that the caller wants, and its place in the call.
 * @param wanted a recording, its id, or undefined for the first one.
 * @throws RequestError when the call has no such recording.
 */
export function chooseRecording(
  account: string,
  given: CallWithRecordings,
  wanted: Recording | string | undefined,
): Omit<RecordingQuery, "now"> {
  const { call } = readArguments("openRecording", z.object({ call: callSchema }), { call: given });
  const all = placesOf(call);
  const refused = (words: string) => new RequestError(`openRecording: ${words}`, { account });
  if (all.length === 0) throw refused(`the call \`${call.id}\` of ${account} lists no recording.`);
  const found = wanted === undefined ? all[0] : all.find(({ recording }) => isWanted(recording, wanted));
  if (found !== undefined) return { call, ...found };
  throw refused(
    `argument \`recording\`: the call \`${call.id}\` of ${account} has no such recording. It must be one of its ${all.length}, in \`recordings\` of the call or of one of its legs, or the id of one.`,
  );
}

function placesOf(call: RecordedCall): Pick<RecordingQuery, "recording" | "leg">[] {
  return [
    ...call.recordings.map((recording) => ({ recording, leg: null })),
    ...call.legs.flatMap((leg, position) => leg.recordings.map((recording) => ({ recording, leg: position }))),
  ];
}

function isWanted(recording: Recording, wanted: Recording | string): boolean {
  if (typeof wanted === "string") return recording.id === wanted;
  return isDeepStrictEqual(recording, recordingSchema.safeParse(wanted).data);
}
