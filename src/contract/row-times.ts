/**
 * Which fields of a row are times and durations of its call, by the names under which the schema `row` reads them. The engine checks them before `map`,
 * so that nothing is derived from an impossible value: such a value becomes null, with a warning that names the field. Use the vendor's names, so that the
 * warning and a value that `row` reads as null can be traced to the vendor's row. `Legs[].AnsweredAt` names a field of each member of a list.
 */
export interface RowTimes {
  /** Fields of the start, as a `Date` or null: the first that is not null is the start. */
  start: readonly string[];
  /** The other times of the call, each a `Date` or null: impossible where they are not after 1970, or farther from the start than the longest call. */
  others?: readonly string[];
  /** Times at which the row itself was written or changed, each a `Date` or null: they may be long after the call. */
  written?: readonly string[];
  /** Seconds of talk, each a number or null. They confirm the length of a call that is longer than the account's longest call. */
  talkSeconds?: readonly string[];
  /** Other durations in seconds, such as of ringing, each a number or null. */
  otherSeconds?: readonly string[];
}
