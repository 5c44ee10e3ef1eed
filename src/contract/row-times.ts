/**
 * The fields of a row that are times and durations of its call, by their names in the output of the schema `row`. The engine checks them before `map`, so that
 * nothing is derived from an impossible value. Such a value becomes null, with a warning that names the field. Use the vendor's names, so that the warning and
 * a value that `row` reads as null can be traced to the vendor's row. `Legs[].AnsweredAt` names a field of each member of a list.
 */
export interface RowTimes {
  /** Fields of the start, each a `Date` or null. The first that is not null is the start. */
  start: readonly string[];
  /**
   * Other times of the call, each a `Date` or null. A time is impossible if it is not after the first instant of 1970, or if it is farther from the start than
   * the longest call.
   */
  others?: readonly string[];
  /** Times at which the row itself was written or changed, each a `Date` or null. They may be long after the call. */
  written?: readonly string[];
  /** Seconds of talk, each a number or null. They confirm the length of a call that is longer than the account's longest call. */
  talkSeconds?: readonly string[];
  /** Other durations in seconds, such as the time of ringing, each a number or null. */
  otherSeconds?: readonly string[];
}
