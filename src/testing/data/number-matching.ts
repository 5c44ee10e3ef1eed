import type { PlannedCall } from "./planned-call.js";

/**
 * The comparison of a vendor's filter by number with the caller and the callee of a call. `exact`: as text; `digits`: without `+`, `00` and separators; `part`: the stored text contains the requested one; `caller`: as text, with the caller only; `ignored`: the filter has no effect.
 */
export type NumberMatching = "exact" | "digits" | "part" | "caller" | "ignored";

const digitsOf = (text: string) => text.replace(/\D/g, "").replace(/^00/, "");

/** Returns the test for calls that a filter by these numbers finds. */
export function numberTest(matching: NumberMatching, wanted: readonly string[]): (call: PlannedCall) => boolean {
  const isFound = partyTest(matching, wanted);
  return ({ direction, customer, line }) =>
    direction === "inbound" ? isFound(customer, line) : isFound(line, customer);
}

/** Returns the test for the caller and the callee of calls that a filter by these numbers finds. */
export function partyTest(
  matching: NumberMatching,
  wanted: readonly string[],
): (caller: string, callee: string) => boolean {
  const texts = new Set(matching === "digits" ? wanted.map(digitsOf) : wanted);
  const isWanted = (stored: string): boolean =>
    matching === "part"
      ? wanted.some((text) => stored.includes(text))
      : texts.has(matching === "digits" ? digitsOf(stored) : stored);
  return (caller, callee) => matching === "ignored" || isWanted(caller) || (matching !== "caller" && isWanted(callee));
}
