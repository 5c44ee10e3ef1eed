import type { CallRecord, Direction } from "../../model/call-record.js";

/** Returns the form of a number for comparisons: without separators, and without the international prefix `+` or `00`. */
export function comparableNumber(number: string): string {
  return number.replace(/[\s\-().]/g, "").replace(/^(?:\+|00)/, "");
}

/** Whether a call has the selected direction, and the selected number as caller or callee. */
export function matches(
  call: Pick<CallRecord, "direction" | "caller" | "callee">,
  wanted: { direction: Direction | null; number: string | null },
): boolean {
  if (wanted.direction !== null && call.direction !== wanted.direction) return false;
  if (wanted.number === null) return true;
  return [call.caller, call.callee].some((party) => {
    return (
      party !== null &&
      [party.number, party.e164].some((number) => number !== null && comparableNumber(number) === wanted.number)
    );
  });
}
