/** What was found out about one question. */
export interface ProbeFinding<Value> {
  /** Null where the calls that were seen do not tell. */
  value: Value | null;
  /** What was seen, or why it does not tell: an English sentence. */
  evidence: string;
}

/** Options of a provider that follow from what a probe has found. */
export interface ProbedOptions {
  /** `start` where it was measured, `unknown` where the provider declares `start` and another was measured; else left out. */
  filtersOn?: "start" | "unknown";
  /** What was measured, where a window's start proved inclusive; `unknown` where it did not and the provider declares one; else left out. */
  windowEnd?: "inclusive" | "exclusive" | "unknown";
  /** The age of the oldest call, where none was found further back; else left out. With it, a reading warns where older windows are empty. */
  suspectedRetentionSeconds?: number;
}

/** Which of a vendor's lists was asked. */
export interface ProbedList {
  /** The vendor's application (Tencent's SdkAppId, as text), or null. */
  application: string | null;
  /** By what the list is asked for, in the vendor's names, such as Huawei's `taskType`. */
  parameters: Record<string, string>;
}

/** In which order rows come. */
export interface OrderFinding extends ProbeFinding<"ascending" | "descending" | "unsorted"> {
  /** The time by which they are sorted; null where they are unsorted by both, or nothing is told. */
  by: "start" | "end" | null;
}

/** The largest page, in rows. */
export interface PageSizeFinding extends ProbeFinding<number> {
  /** Rows that were asked for; 0 for a list without pages. */
  asked: number;
}

/** How a vendor's list of records behaves on one account where no documentation says it, as far as a few requests show. Plain JSON. */
export interface ProbeReport {
  /** The account's label, as configured. */
  account: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** The list that was asked, such as one application: the first with ended calls that tell something. Null where no call was found. */
  partition: ProbedList | null;
  /** Requests sent, those for tokens and repeated attempts included. */
  requests: number;
  /** Which of a call's times the window filters on. `neither`: another, such as the creation of its record. */
  filtersOn: ProbeFinding<"start" | "end" | "neither">;
  /** Whether a call exactly at the start of a window is in it. */
  windowStart: ProbeFinding<"inclusive" | "exclusive">;
  /** Whether a call exactly at the end of a window is in it. */
  windowEnd: ProbeFinding<"inclusive" | "exclusive">;
  /** In which order rows come. */
  order: OrderFinding;
  /** The largest page that is given: less than `asked` where the vendor caps it without a word. */
  pageSize: PageSizeFinding;
  /** The reported total less the distinct rows of a window that was read to its end: 0 where it counts them. */
  total: ProbeFinding<number>;
  /**
   * How old the oldest call is, in seconds, where no call was found in windows further back, to three years ago at most; accurate to about five percent. Either
   * the account had no calls before, or the vendor does not keep them longer: where a later probe finds the same age again, it is the vendor. Null where calls
   * reach back as far as was looked.
   */
  retention: ProbeFinding<number>;
  /** To be given to the provider's factory; empty where nothing follows. */
  options: ProbedOptions;
}
