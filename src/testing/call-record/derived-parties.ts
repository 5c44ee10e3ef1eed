import type { CallRecord, Party } from "../../index.js";
import { e164Of } from "../../adapter.js";
import type { InputFault } from "../json-fault.js";
import { CUSTOMER, LINE, STAFF } from "./example-call.js";
import { type CallRecordOverrides, merge } from "./overrides.js";

type PartyOverride = CallRecordOverrides["caller"];
type Direction = CallRecord["direction"];

/** The parties of the example by direction: caller and callee. */
const EXAMPLES: Readonly<Record<Direction, readonly [caller: Party, callee: Party]>> = {
  inbound: [CUSTOMER, LINE],
  outbound: [LINE, CUSTOMER],
  internal: STAFF,
  unknown: [CUSTOMER, LINE],
};

/** Returns the parties. Where only a side is given, such as `customer`, the party in its place follows it. */
export function partiesOf(
  { caller, callee, customer, line }: CallRecordOverrides,
  direction: Direction,
): Pick<CallRecord, "caller" | "callee"> {
  const [callerSide, calleeSide] =
    direction === "inbound" ? [customer, line] : direction === "outbound" ? [line, customer] : [];
  const [usualCaller, usualCallee] = EXAMPLES[direction];
  return {
    caller: partyOf(usualCaller, together(callerSide, caller)),
    callee: partyOf(usualCallee, together(calleeSide, callee)),
  };
}

/** Returns a side that the call cannot have, because of its direction or of the party in its place, and the rule; null where there is none. */
export function wrongSideOf(
  { caller, callee, customer, line }: CallRecordOverrides,
  direction: Direction,
): InputFault | null {
  const sides = [
    ["customer", customer, direction === "inbound" ? "caller" : "callee"],
    ["line", line, direction === "inbound" ? "callee" : "caller"],
  ] as const;
  for (const [field, side, place] of sides) {
    if (side === undefined) continue;
    const hasSides = direction === "inbound" || direction === "outbound";
    if (!hasSides && side !== null)
      return { path: [field], rule: `must be null or left out, because the direction is \`${direction}\`` };
    const other = place === "caller" ? caller : callee;
    if (hasSides && other !== undefined && (other === null) !== (side === null)) {
      const [rule, state] = side === null ? ["must not be null", "set"] : ["must be null or left out", "null"];
      return { path: [field], rule: `${rule}, because it is the \`${place}\`, which is ${state}` };
    }
    const different = hasSides && side !== null && other != null ? differentFieldOf(side, other) : null;
    if (different !== null)
      return {
        path: [field, different],
        rule: `must be left out, or that of \`${place}\`, because the ${field} is the ${place} of this call`,
      };
  }
  return null;
}

/** Returns the first field in which two overrides of one party differ. A number and an `e164` differ if they are two numbers. */
function differentFieldOf(side: NonNullable<PartyOverride>, other: NonNullable<PartyOverride>): keyof Party | null {
  const [one, two] = [side, other].map((party) => ({ ...party, ...certainNumberOf(party) }));
  for (const field of ["number", "e164", "displayNumber", "protectedId", "region"] as const) {
    const [own, placed] = field === "e164" ? [one?.e164, two?.e164] : [side[field], other[field]];
    if (own !== undefined && placed !== undefined && own !== placed)
      return side[field] === undefined ? "number" : field;
  }
  return null;
}

/** Returns the `e164` that follows from a number, where it is certain. */
function certainNumberOf({ number, e164 }: NonNullable<PartyOverride>): Pick<Partial<Party>, "e164"> {
  const certain = e164 === undefined && number != null ? e164Of(number) : null;
  return certain === null ? {} : { e164: certain };
}

/** Returns the overrides of a party, which may be given by its side and by its place. Those by place take precedence. */
function together(side: PartyOverride, place: PartyOverride): PartyOverride {
  if (side === undefined || side === null || place === null) return place === undefined ? side : place;
  return place === undefined ? side : (merge(side, place) as PartyOverride);
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
