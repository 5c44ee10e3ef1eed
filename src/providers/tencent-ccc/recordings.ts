import { URL } from "node:url";
import type { Recording } from "../../model/call-record.js";
import type { Cdr } from "./wire.js";

/** The fields that identify a recording, in a row and in a participant. */
interface RecordingFields {
  RecordId: string | null;
  RecordURL: string | null;
  CustomRecordURL: string | null;
}

function absolute(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? url : null;
}

/**
 * Returns the recording of a call or of one participant. If the company copies recordings to its own storage, `CustomRecordURL` is the copy. Both have the
 * same id, Tencent's first, because either of them may expire or be inaccessible.
 */
export function readRecordings(fields: RecordingFields, transcript: string | null): Recording[] {
  const transcriptUrl = absolute(transcript);
  const urls = [absolute(fields.RecordURL), absolute(fields.CustomRecordURL)].filter((url) => url !== null);
  const copies: (string | null)[] = [...new Set(urls)];
  if (copies.length === 0 && (fields.RecordId !== null || transcriptUrl !== null)) copies.push(null);
  return copies.map((url) => ({ id: fields.RecordId, url, kind: "call", transcriptUrl }));
}

/**
 * Returns the voice mails that a caller left. Not documented: which transcript belongs to which voice mail. They are paired by position if there are as many
 * transcripts as voice mails.
 */
export function readVoicemails(row: Pick<Cdr, "VoicemailRecordURL" | "VoicemailAsrURL">): Recording[] {
  const { VoicemailRecordURL: urls, VoicemailAsrURL: transcripts } = row;
  const paired = urls.length === transcripts.length;
  return urls.flatMap((text, position) => {
    const url = absolute(text);
    const transcriptUrl = paired ? absolute(transcripts[position] ?? null) : null;
    return url === null && transcriptUrl === null ? [] : { id: null, url, kind: "voicemail" as const, transcriptUrl };
  });
}
