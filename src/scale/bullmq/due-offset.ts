import { createHash } from "node:crypto";

/** The bytes of the hash that are read, and their range. */
const BYTES = 6;
const RANGE = 2 ** (8 * BYTES);

/**
 * Returns when within each period the jobs of an account are due, in milliseconds after its beginning: at least 1, and less than the period. Periods are counted
 * from the epoch. Labels are spread evenly, and an account always has the same moment.
 */
export function offsetMsOf(account: string, everyMs: number): number {
  // JSON keeps halves of surrogate pairs apart, which UTF-8 does not.
  const hash = createHash("sha256").update(JSON.stringify(account)).digest();
  const share = hash.readUIntBE(0, BYTES) / RANGE;
  // BullMQ takes 0 for no offset.
  return 1 + Math.floor(share * (everyMs - 1));
}
