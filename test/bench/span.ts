/** A half-open interval, `[from, to)`. */
export interface Span {
  from: Date;
  to: Date;
}

/** The longest call. The client reads this margin at both ends of a range. */
const MARGIN_MS = 12 * 3_600_000;

/** Returns the range for which the client reads exactly this span. */
export function rangeThatReads({ from, to }: Span): Span {
  return { from: new Date(from.getTime() + MARGIN_MS), to: new Date(to.getTime() - MARGIN_MS) };
}
