/** What was found out about one question. */
export interface ProbeFinding<Value> {
  /** Null where the calls that were seen do not tell. */
  value: Value | null;
  /** What was seen, or why it does not tell: an English sentence. */
  evidence: string;
}

/** Options of a provider that follow from what a probe has found. */
export interface ProbedOptions {
  filtersOn?: "start" | "unknown";
  windowEnd?: "inclusive" | "exclusive" | "unknown";
}

/** How a vendor's list of records behaves on one account where no documentation says it, as far as a few requests show. Plain JSON. */
export interface ProbeReport {
  account: string;
  provider: string;
  /** The list that was asked, such as one application: the first with ended calls that tell something. Null where no call was found. */
  partition: { application: string | null; parameters: Record<string, string> } | null;
  /** Requests sent, those for tokens and repeated attempts included. */
  requests: number;
  /** Which of a call's times the window filters on. `neither`: another, such as the creation of its record. */
  filtersOn: ProbeFinding<"start" | "end" | "neither">;
  /** Whether a call exactly at the start of a window is in it. */
  windowStart: ProbeFinding<"inclusive" | "exclusive">;
  /** Whether a call exactly at the end of a window is in it. */
  windowEnd: ProbeFinding<"inclusive" | "exclusive">;
  /** In which order rows come, by the start or the end of their calls (`by`, null where they are unsorted by both, or nothing is told). */
  order: ProbeFinding<"ascending" | "descending" | "unsorted"> & { by: "start" | "end" | null };
  /** The largest page that is given where `asked` rows are asked for: less where the vendor caps it without a word. */
  pageSize: ProbeFinding<number> & { asked: number };
  /** The reported total less the distinct rows of a window that was read to its end: 0 where it counts them. */
  total: ProbeFinding<number>;
  /** To be given to the provider's factory; empty where nothing follows. */
  options: ProbedOptions;
}
