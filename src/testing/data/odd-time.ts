import type { VendorRow } from "./planned-call.js";

/**
 * Ways in which vendors write a time that is not the one of the call. No time at all: `minus-one`, `first-instant` (of 1970), `zero-date`
 * (`0000-00-00 00:00:00`), `year-9999`, `blank` (a space), `text`, `boolean`, `object` and `list`. The time, but wrong: `other-unit` (seconds in place of
 * milliseconds and the other way round, and either in place of text) and `year-off` (a year too early).
 */
export const ODD_TIMES = [
  "minus-one",
  "first-instant",
  "zero-date",
  "year-9999",
  "blank",
  "text",
  "boolean",
  "object",
  "list",
  "other-unit",
  "year-off",
] as const;
/** One of {@link ODD_TIMES}. */
export type OddTime = (typeof ODD_TIMES)[number];

/** Which of a call's times are written oddly, and how. */
export interface OddTimes {
  /** When it begins. */
  startedAt?: OddTime;
  /** When it is answered. */
  answeredAt?: OddTime;
  /** When it ends. */
  endedAt?: OddTime;
}

/** How a vendor writes times. */
export interface TimeFormat {
  /** Its fields of each time. */
  fields: Readonly<Record<keyof OddTimes, readonly string[]>>;
  form: "unix-seconds" | "unix-milliseconds" | "text";
  write: (at: number) => number | string;
}

const YEAR_MS = 365 * 86_400_000;
const YEAR_9999 = Date.parse("9999-12-31T00:00:00Z");

/** The fields of a row whose times are written oddly. */
export function oddFields(
  odd: OddTimes,
  times: Readonly<Record<keyof OddTimes, number | null>>,
  timeFormat: TimeFormat,
): VendorRow {
  const row: VendorRow = {};
  for (const name of ["startedAt", "answeredAt", "endedAt"] as const) {
    const oddTime = odd[name];
    if (oddTime === undefined) continue;
    for (const field of timeFormat.fields[name])
      row[field] = oddValue(oddTime, times[name] ?? times.startedAt ?? 0, timeFormat);
  }
  return row;
}

function oddValue(oddTime: OddTime, at: number, { form, write }: TimeFormat): unknown {
  switch (oddTime) {
    case "minus-one":
      return form === "text" ? "-1" : -1;
    case "first-instant":
      // As a number 0, which is how Tencent and Huawei write no time: the instant after it is not.
      return form === "text" ? write(0) : 1;
    case "zero-date":
      return "0000-00-00 00:00:00";
    case "year-9999":
      return write(YEAR_9999);
    case "blank":
      return " ";
    case "text":
      return "N/A";
    case "boolean":
      return false;
    case "object":
      return {};
    case "list":
      return [];
    case "other-unit":
      return form === "unix-milliseconds" ? Math.floor(at / 1000) : at;
    case "year-off":
      return write(at - YEAR_MS);
  }
}
