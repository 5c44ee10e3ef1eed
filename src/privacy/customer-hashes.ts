import { mobileVariantsOf } from "../contract/mobile-prefix.js";
import { e164OfText, e164sWrittenAs, textsOf } from "../contract/phone-number.js";
import { type PhoneText, readPhoneText } from "../contract/phone-text.js";
import type { FoundCall } from "../model/call-record.js";
import { hashesIn, hashOf } from "./mask-key.js";
import { numbersInField } from "./number-identity.js";

type Key = string | Uint8Array;

/**
 * Returns the identities that the number of a customer may have in calls: E.164 numbers with their `+`, and digits where the country is not certain. They match
 * the calls that the argument `number` of `records` matches.
 * @param country ISO 3166 code of the number, where it is written without a country code. Without it, the number is that of each country in which it exists.
 */
export function identitiesOf(text: PhoneText, country: string | null): string[] {
  const certain = e164OfText(text, { country });
  const e164s = certain === null ? e164sWrittenAs(text) : [certain];
  const variants = [...e164s, ...(certain === null ? [`+${text.digits}`] : [])].flatMap((e164) =>
    mobileVariantsOf(e164.slice(1)).map((digits) => `+${digits}`),
  );
  const all = [...new Set([...e164s, ...variants])];
  // Numbers whose country is not certain in a call are hashed by their digits.
  const written = certain === null ? [] : [certain, ...variants].flatMap((e164) => [e164.slice(1), ...textsOf(e164)]);
  const digits = written.flatMap((form) => readPhoneText(form)?.digits ?? []);
  return [...new Set([...all, text.digits, ...variants.map((e164) => e164.slice(1)), ...digits])];
}

/**
 * Returns the hashes of the numbers of a call's customer. For the directions `internal` and `unknown`, either party may be the customer. A mask contributes the
 * hash that it contains.
 */
export function customerHashesOf(call: FoundCall, key: Key): string[] {
  const { direction, customer, caller, callee, legs } = call;
  const parties = direction === "inbound" || direction === "outbound" ? [customer] : [caller, callee];
  const fields = legs.flatMap(({ role, number }) => (role === "customer" ? [number] : []));
  return [
    ...parties.flatMap((party) =>
      party === null ? [] : hashesOfParty(party.number ?? party.protectedId, party.e164, key),
    ),
    ...fields.flatMap((field) => hashesOfParty(field, null, key)),
  ];
}

/**
 * Returns the hashes of a number in a call.
 * @param number as the vendor writes it, or a mask.
 * @param e164 the E.164 number, or a mask, where the call has it.
 */
export function hashesOfParty(number: string | null, e164: string | null, key: Key): string[] {
  const certain = e164 ?? number;
  if (certain === null) return [];
  const identities = e164?.startsWith("+") === true ? [e164] : numbersInField(certain, []).identities;
  return hashesIn(certain) ?? identities.map((identity) => hashOf(identity, key));
}
