/** The half-open interval `[from, to)`, as ISO 8601 strings in UTC. */
export interface Interval {
  /** The first instant in the interval. */
  from: string;
  /** The first instant after the interval. */
  to: string;
}

/** The half-open interval `[from, to)`, as dates. */
export interface DateRange {
  /** The first instant in the interval. */
  from: Date;
  /** The first instant after the interval. */
  to: Date;
}
