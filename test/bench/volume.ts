/** How many vendors the volume vendor plays, and how many calls each has, from `FIRST_START` on. */
export interface Volume {
  vendors: number;
  calls: number;
  /** `full`: as the emulator writes them, of about 1 kB; `short`: of an account without recordings, labels and remarks, of about 0.35 kB. */
  rows: "full" | "short";
}

/** When the first call of each began, in milliseconds since 1970: 1 January 2024 in Shanghai. Five million calls later it is still long ago. */
export const FIRST_START = Date.UTC(2023, 11, 31, 16);

/** Milliseconds from one call's start to the next: 8,640 calls a day. */
export const BETWEEN_STARTS = 10_000;
