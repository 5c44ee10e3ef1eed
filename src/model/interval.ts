/** The half-open interval `[from, to)`, as ISO 8601 strings in UTC. */
export interface Interval {
  /** The first instant in it. */
  from: string;
  /** The first instant after it. */
  to: string;
}

/** The half-open interval `[from, to)`, as dates. */
export interface DateRange {
  /** The first instant in it. */
  from: Date;
  /** The first instant after it. */
  to: Date;
}
