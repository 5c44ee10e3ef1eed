/** What E.164 allows behind an international prefix: at most 15 digits, the first no 0. Fewer than 8 are a local number, or none. */
const INTERNATIONAL = /^(?:00|\+)([1-9]\d{7,14})$/;

/** The number in E.164 where it is written with its international prefix, `+` or `00`; else null: nothing is guessed. */
export function e164Of(number: string | null): string | null {
  const digits = number === null ? undefined : INTERNATIONAL.exec(number)?.[1];
  return digits === undefined ? null : `+${digits}`;
}
