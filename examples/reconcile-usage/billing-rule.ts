/** How talk is charged: the first increment as soon as a call is answered, then further ones that have begun. In whole seconds. */
export interface BillingRule {
  first: number;
  next: number;
}

/** @throws RangeError when it is none, such as `60+60` or `30+6`. */
export function parseBillingRule(text: string): BillingRule {
  const [, first, next] = /^([1-9]\d{0,3})\+([1-9]\d{0,3})$/.exec(text) ?? [];
  if (first === undefined || next === undefined)
    throw new RangeError(
      `\`${text}\` is no billing rule: write the first increment and the following ones in seconds, such as 60+60 or 6+6.`,
    );
  return { first: Number(first), next: Number(next) };
}

/** What a call is charged for: 61 seconds are 120 under 60+60, and 66 under 6+6. Talk of no length costs nothing. */
export function billedSeconds({ first, next }: BillingRule, talkSeconds: number): number {
  if (talkSeconds <= 0) return 0;
  return first + Math.max(0, Math.ceil((talkSeconds - first) / next)) * next;
}
