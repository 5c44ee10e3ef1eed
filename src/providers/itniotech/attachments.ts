import { URL } from "node:url";
import type { Recording } from "../../model/call-record.js";
import type { RecordRow } from "./wire.js";

const ABSOLUTE_URL = /^https?:\/\//i;

/** Returns each recording once. In the sample, `voiceUrl` is the first entry of `voiceUrlList`. */
export function recordingsOf(row: RecordRow): Recording[] {
  const { voiceUrl, voiceUrlList } = row;
  const references = voiceUrl === null || voiceUrl === voiceUrlList[0] ? voiceUrlList : [voiceUrl, ...voiceUrlList];
  return (references.length > 1 ? [...new Set(references)] : references).map(recordingOf);
}

/** Returns one recording. A relative path is the `voiceFileId` in the vendor's download request, so it becomes the id. */
function recordingOf(reference: string): Recording {
  const isUrl = ABSOLUTE_URL.test(reference) && URL.canParse(reference);
  return { id: isUrl ? null : reference, url: isUrl ? reference : null, kind: "call", transcriptUrl: null };
}

/** Returns the list of tags, else the list in the JSON text `labelName`, else that text as one tag. */
export function tagsOf(row: RecordRow): string[] {
  if (row.labelNameList.length > 0 || row.labelName === null || row.labelName === "[]") return row.labelNameList;
  const labels = parseJson(row.labelName);
  if (labels === null) return [];
  if (!Array.isArray(labels)) return [row.labelName];
  return labels
    .filter((label) => typeof label === "string" || typeof label === "number")
    .map(String)
    .filter((label) => label !== "");
}

/** Returns the text that belongs to the called number; null if it is a form without any value. */
export function customDataOf(row: RecordRow): string | null {
  const { calledInfo } = row;
  if (calledInfo === null) return null;
  const form = parseJson(calledInfo);
  const isBlank =
    form === null ||
    (typeof form === "object" && !Array.isArray(form) && Object.values(form).every((value) => value === null));
  return isBlank ? null : calledInfo;
}

/** Returns undefined if the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
