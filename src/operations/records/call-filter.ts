import type { CallRecord, Direction } from "../../model/call-record.js";

/** A number as numbers are compared: without separators, and without the `+` or `00` of an international prefix. */
export function comparableNumber(number: string): string {
  return number.replace(/[\s\-().]/g, "").replace(/^(?:\+|00)/, "");
}

/** Whether a call has the wanted direction, and the wanted number at either end. The same for every vendor. */
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
