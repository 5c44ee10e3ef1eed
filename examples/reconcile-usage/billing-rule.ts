/** The increments in which talk is charged, in whole seconds: the first when a call is answered, then each further one that has begun. */
export interface BillingRule {
  first: number;
  next: number;
}

/** Parses a billing rule such as `60+60` or `30+6`. @throws RangeError for any other text. */
export function parseBillingRule(text: string): BillingRule {
  const [, first, next] = /^([1-9]\d{0,3})\+([1-9]\d{0,3})$/.exec(text) ?? [];
  if (first === undefined || next === undefined)
    throw new RangeError(
      `\`${text}\` is not a billing rule: write the first increment and the following ones in seconds, such as 60+60 or 6+6.`,
    );
  return { first: Number(first), next: Number(next) };
}

/** Returns the seconds that are charged for a call: 61 seconds are 120 under 60+60, and 66 under 6+6. A call without talk is free. */
export function billedSeconds({ first, next }: BillingRule, talkSeconds: number): number {
  if (talkSeconds <= 0) return 0;
  return first + Math.max(0, Math.ceil((talkSeconds - first) / next)) * next;
}
