import type { CallRecord, Party } from "../../index.js";
import { e164Of } from "../../adapter.js";
import { CUSTOMER, LINE } from "./example-call.js";
import { type CallRecordOverrides, merge } from "./overrides.js";

type PartyOverride = CallRecordOverrides["caller"];

/** Returns the parties. Where only a side is given, such as `customer`, the party in its place follows it. */
export function partiesOf(
  { caller, callee, customer, line }: CallRecordOverrides,
  direction: CallRecord["direction"],
): Pick<CallRecord, "caller" | "callee"> {
  const [callerSide, calleeSide] =
    direction === "inbound" ? [customer, line] : direction === "outbound" ? [line, customer] : [];
  return {
    caller: partyOf(CUSTOMER, caller === undefined ? callerSide : caller),
    callee: partyOf(LINE, callee === undefined ? calleeSide : callee),
  };
}

/** Returns a party with the overrides. Its `e164` follows its number, and its number follows its `e164`. */
export function partyOf(example: Party | null, override: PartyOverride): Party | null {
  if (override === undefined) return example;
  if (override === null) return null;
  return merge({ ...(merge(example, {}) as Party), ...numbersFor(override) }, override) as Party;
}

function numbersFor({ number, e164, protectedId }: NonNullable<PartyOverride>): Partial<Party> {
  if (number !== undefined) return { number, e164: e164Of(number) };
  if (typeof e164 === "string") return { number: e164.replace(/^\+/, "00"), e164 };
  // A vendor that protects a number does not show it.
  return typeof protectedId === "string" ? { number: null, e164: null } : {};
}
