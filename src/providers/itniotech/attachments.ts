import { URL } from "node:url";
import type { Recording } from "../../model/call-record.js";
import type { RecordRow } from "./wire.js";

const ABSOLUTE_URL = /^https?:\/\//i;

/** Each recording once: the single URL is the first of the list in the sample. */
export function recordingsOf(row: RecordRow): Recording[] {
  const { voiceUrl, voiceUrlList } = row;
  const references = voiceUrl === null || voiceUrl === voiceUrlList[0] ? voiceUrlList : [voiceUrl, ...voiceUrlList];
  return (references.length > 1 ? [...new Set(references)] : references).map(recordingOf);
}

/** A relative path is what the vendor's download takes as `voiceFileId`. */
function recordingOf(reference: string): Recording {
  const isUrl = ABSOLUTE_URL.test(reference) && URL.canParse(reference);
  return { id: isUrl ? null : reference, url: isUrl ? reference : null, kind: "call", transcriptUrl: null };
}

/** The list of tags, else the list that is written as JSON in a text, else that text itself: a tag typed as such. */
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

/** The text that came with the called number; null where it is a form of which nothing is filled in. */
export function customDataOf(row: RecordRow): string | null {
  const { calledInfo } = row;
  if (calledInfo === null || calledInfo === lastBlankForm) return null;
  const form = parseJson(calledInfo);
  const isBlank =
    form === null ||
    (typeof form === "object" && !Array.isArray(form) && Object.values(form).every((value) => value === null));
  if (!isBlank) return calledInfo;
  lastBlankForm = calledInfo;
  return null;
}

/** The vendor writes the same blank form into nearly every row: it is read once. */
let lastBlankForm = "";

/** Undefined where the text is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
