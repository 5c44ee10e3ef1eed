/**
 * The fields whose values stay, by their names in lower case. A value stays only if it also has the form of its kind, so that a name, a number or a text in
 * such a field is masked.
 */

/** Codes that the vendors define. */
const CODES = new Set([
  // Tencent
  "direction",
  "calltype",
  "endstatus",
  "endstatusstring",
  "hungupside",
  "sessionstatus",
  "type",
  "transferfromtype",
  "transfertotype",
  "asrstatus",
  "syshangupreason",
  "syshangupreasonstring",
  "code",
  "x-tc-action",
  "x-tc-version",
  // Huawei
  "retcode",
  "state",
  "reasoncode",
  "tasktype",
  "applytype",
  "mediaability",
  // Itniotech
  "status",
  "reason",
  "hangupreason",
  "hangupcode",
  "hangingdirection",
]);

/** Positions and sizes of pages, numbers of rows, and lifetimes. */
const COUNTS = new Set([
  "total",
  "totalcount",
  "size",
  "current",
  "pages",
  "pagesize",
  "pagenumber",
  "offset",
  "limit",
  "sequence",
  "expires",
  "x-token-expire",
  "retry-after",
]);

const TIME_NAME = /(?:time|timestamp|^date|^updated|^created)$/i;
const DURATION_NAME = /duration$/i;
const SECRET_NAME =
  /secret|token|password|passwd|signature|authorization|cookie|credential|(?:api|app|access)[-_]?key|^sign$/i;

const CODE = /^(?:-?\d{1,4}|[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*|\d{4}-\d\d-\d\d)$/;
const COUNT = /^\d{1,7}$/;
const DURATION = /^(?:-1|\d{1,6}(?:\.\d{1,3})?)$/;
/** Wall-clock time, ISO 8601, or the date of an HTTP header. */
const WRITTEN_TIME =
  /^(?:\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)$/;
const MEDIA_TYPE = /^[\w.+-]{1,40}\/[\w.+-]{1,40}(?:;\s*charset=[\w-]{1,20})?$/i;
const LONG_DIGITS = /\d{5}/;

/** Seconds from 2008 to 2039: in these units, a telephone number of ten digits would have to begin like a time, and its field would have to be named so. */
const [EARLIEST_S, LATEST_S] = [1_200_000_000, 2_200_000_000];

/** Whether a field holds a secret, by its name. */
export function isSecretField(field: string): boolean {
  return !COUNTS.has(field.toLowerCase()) && SECRET_NAME.test(field);
}

/** Whether the value of a field is a time, by its name and its form. 0 and -1 count: they stand for no time. */
export function isTime(field: string, text: string): boolean {
  return TIME_NAME.test(field) && timeOf(text) !== null;
}

/** Returns a time as milliseconds, in an unspecified zone where the text has none; 0 for no time; null where the text is not a time. */
export function timeOf(text: string): number | null {
  if (text === "0" || text === "-1") return 0;
  if (/^\d{10}$/.test(text) && isRecent(Number(text))) return Number(text) * 1000;
  if (/^\d{13}$/.test(text) && isRecent(Number(text) / 1000)) return Number(text);
  if (!WRITTEN_TIME.test(text)) return null;
  const time = Date.parse(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text) ? `${text.replace(" ", "T")}Z` : text);
  return Number.isNaN(time) ? null : time;
}

/** Whether the value of a field stays: a time, a code, a count or a duration. */
export function isKept(field: string, text: string): boolean {
  const name = field.toLowerCase();
  if (CODES.has(name)) return CODE.test(text) && text.length <= 60 && !LONG_DIGITS.test(text);
  if (COUNTS.has(name)) return COUNT.test(text);
  if (name === "content-type" || name === "accept") return MEDIA_TYPE.test(text);
  if (name === "user-agent") return text === "call-records";
  return (DURATION_NAME.test(field) && DURATION.test(text)) || isTime(field, text);
}

function isRecent(seconds: number): boolean {
  return seconds >= EARLIEST_S && seconds <= LATEST_S;
}
