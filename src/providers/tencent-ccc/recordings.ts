import { URL } from "node:url";
import type { Recording } from "../../model/call-record.js";
import type { Cdr } from "./wire.js";

/** What names a recording, in a row as in a participant of it. */
interface RecordingFields {
  RecordId: string | null;
  RecordURL: string | null;
  CustomRecordURL: string | null;
}

function absolute(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? url : null;
}

/**
 * The recording of a call or of one participant. Where the company has recordings copied to a store of its own, `CustomRecordURL` is the
 * same recording there: both are listed, Tencent's first, under the one id, because either may expire or be closed to the reader.
 */
export function readRecordings(fields: RecordingFields, transcript: string | null): Recording[] {
  const transcriptUrl = absolute(transcript);
  const urls = [absolute(fields.RecordURL), absolute(fields.CustomRecordURL)].filter((url) => url !== null);
  const copies: (string | null)[] = [...new Set(urls)];
  if (copies.length === 0 && (fields.RecordId !== null || transcriptUrl !== null)) copies.push(null);
  return copies.map((url) => ({ id: fields.RecordId, url, kind: "call", transcriptUrl }));
}

/** The messages that a caller left. Which transcript belongs to which is not documented: taken by position, where there is one for each. */
export function readVoicemails(row: Cdr): Recording[] {
  const { VoicemailRecordURL: urls, VoicemailAsrURL: transcripts } = row;
  const paired = urls.length === transcripts.length;
  return urls.flatMap((text, position) => {
    const url = absolute(text);
    const transcriptUrl = paired ? absolute(transcripts[position] ?? null) : null;
    return url === null && transcriptUrl === null ? [] : { id: null, url, kind: "voicemail" as const, transcriptUrl };
  });
}
