import type { CallRecord, Party } from "../../index.js";
import { e164Of } from "../../adapter.js";
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
): { field: "customer" | "line"; rule: string } | null {
  const sides = [
    ["customer", customer, direction === "inbound" ? "caller" : "callee"],
    ["line", line, direction === "inbound" ? "callee" : "caller"],
  ] as const;
  for (const [field, side, place] of sides) {
    if (side === undefined) continue;
    const hasSides = direction === "inbound" || direction === "outbound";
    if (!hasSides && side !== null)
      return { field, rule: `must be null or left out, because the direction is \`${direction}\`` };
    const other = place === "caller" ? caller : callee;
    if (hasSides && other !== undefined && (other === null) !== (side === null)) {
      const [rule, state] = side === null ? ["must not be null", "set"] : ["must be null or left out", "null"];
      return { field, rule: `${rule}, because it is the \`${place}\`, which is ${state}` };
    }
  }
  return null;
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
