/** Half open, `[from, to)`. */
export interface Span {
  from: Date;
  to: Date;
}

/** A call's longest life, in milliseconds: the client reads so much more at both ends of a range. */
const REACH = 12 * 3_600_000;

/** The range of call starts for which the client reads exactly this span. */
export function rangeThatReads({ from, to }: Span): Span {
  return { from: new Date(from.getTime() + REACH), to: new Date(to.getTime() - REACH) };
}
