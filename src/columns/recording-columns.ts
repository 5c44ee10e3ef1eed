import type { Recording } from "../model/call-record.js";
import { column } from "./column.js";

/** The columns of recordings, for databases. */
export const recordingColumns = [
  column("recordingId", "recording id", "id", (recording: Recording) => recording.id),
  column("url", "url", "text", (recording: Recording) => recording.url),
  column("kind", "kind", "text", (recording: Recording) => recording.kind),
  column("transcriptUrl", "transcript", "text", (recording: Recording) => recording.transcriptUrl),
] as const;
