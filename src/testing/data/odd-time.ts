import type { VendorRow } from "./planned-call.js";

/**
 * Forms in which vendors write a time that is not the time of the call. Not a time: `minus-one`, `first-instant` (of 1970), `zero-date`
 * (`0000-00-00 00:00:00`), `year-9999`, `blank` (a space), `text`, `boolean`, `object` and `list`. A wrong time: `other-unit` (seconds instead of milliseconds, milliseconds instead of seconds, or milliseconds instead of text) and `year-off` (a year too early).
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

/** The times of a call that are malformed, and how. */
export interface OddTimes {
  /** The start of the call. */
  startedAt?: OddTime | undefined;
  /** The time at which it is answered. */
  answeredAt?: OddTime | undefined;
  /** The end of the call. */
  endedAt?: OddTime | undefined;
}

/** A vendor's time format. */
export interface TimeFormat {
  /** The fields that contain each time. */
  fields: Readonly<Record<keyof OddTimes, readonly string[]>>;
  form: "unix-seconds" | "unix-milliseconds" | "text";
  write: (at: number) => number | string;
}

const YEAR_MS = 365 * 86_400_000;
const YEAR_9999 = Date.parse("9999-12-31T00:00:00Z");

/** Returns the fields of a row with malformed times. */
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
      // The number 0 is how Tencent and Huawei write an absent time; 1 is not.
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
