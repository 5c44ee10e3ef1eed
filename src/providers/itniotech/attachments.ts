import type { Recording } from "../../model/call-record.js";
import type { RecordRow } from "./wire.js";

const ABSOLUTE_URL = /^https?:\/\//i;

/** Each recording once: the single URL is the first of the list in the sample. */
export function recordingsOf(row: RecordRow): Recording[] {
  const references = new Set([...(row.voiceUrl === null ? [] : [row.voiceUrl]), ...row.voiceUrlList]);
  return [...references].map(recordingOf);
}

/** A relative path is what the vendor's download takes as `voiceFileId`. */
function recordingOf(reference: string): Recording {
  const isUrl = ABSOLUTE_URL.test(reference) && URL.canParse(reference);
  return { id: isUrl ? null : reference, url: isUrl ? reference : null, kind: "call", transcriptUrl: null };
}

/** The list of tags, else the list that is written as JSON in a text, else that text itself: a tag typed as such. */
export function tagsOf(row: RecordRow): string[] {
  if (row.labelNameList.length > 0 || row.labelName === null) return row.labelNameList;
  const labels = parseJson(row.labelName);
  if (labels === null) return [];
  if (!Array.isArray(labels)) return [row.labelName];
  return labels.filter((label) => typeof label === "string" || typeof label === "number").map(String).filter((label) => label !== "");
}

/** The text that came with the called number; null where it is a form of which nothing is filled in. */
export function customDataOf(row: RecordRow): string | null {
  if (row.calledInfo === null) return null;
  const form = parseJson(row.calledInfo);
  if (form === null) return null;
  const isBlank = typeof form === "object" && !Array.isArray(form) && Object.values(form).every((value) => value === null);
  return isBlank ? null : row.calledInfo;
}

/** Undefined where the text is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
