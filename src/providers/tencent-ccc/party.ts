import { e164Of } from "../../contract/phone-number.js";
import type { Party } from "../../model/party.js";

/** One end of a call; null where the vendor shows neither the number nor its stand-in. */
export function readParty(number: string | null, protectedId: string | null, region: string | null): Party | null {
  if (number === null && protectedId === null) return null;
  return { number, e164: e164Of(number), displayNumber: null, protectedId, region };
}
