/** The number of vendors that the volume vendor emulates, and of the calls of each, which begin at `FIRST_START`. */
export interface Volume {
  vendors: number;
  calls: number;
  /** `full`: the emulator's rows, of about 1 kB; `short`: rows without recordings, labels and remarks, of about 0.35 kB. */
  rows: "full" | "short";
}

/** The start of the first call of each vendor: 1 January 2024 in Shanghai. The last of five million calls is also in the past. */
export const FIRST_START = Date.UTC(2023, 11, 31, 16);

/** The milliseconds between the starts of two calls: 8,640 calls a day. */
export const BETWEEN_STARTS = 10_000;
