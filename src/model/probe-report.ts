/** The result of a probe for one question. */
export interface ProbeFinding<Value> {
  /** Null where the calls that were read do not show it. */
  value: Value | null;
  /** The observation behind the value, or the reason why there is none: an English sentence. */
  evidence: string;
}

/** Options of a provider that follow from the results of a probe. */
export interface ProbedOptions {
  /** `start` where it was measured; `unknown` where the provider declares `start` and another was measured; else left out. */
  filtersOn?: "start" | "unknown";
  /** The measured value, where a window's start is inclusive; `unknown` where it is not and the provider declares a value; else left out. */
  windowEnd?: "inclusive" | "exclusive" | "unknown";
  /** The age of the oldest call, where none was found further back; else left out. With it, a reading warns where older windows are empty. */
  suspectedRetentionSeconds?: number;
}

/** The list that was probed. */
export interface ProbedList {
  /** The vendor's application (Tencent's SdkAppId, as text), or null. */
  application: string | null;
  /** The parameters of the list, in the vendor's names, such as Huawei's `taskType`. */
  parameters: Record<string, string>;
}

/** The order of the rows. */
export interface OrderFinding extends ProbeFinding<"ascending" | "descending" | "unsorted"> {
  /** The time by which they are sorted; null where they are sorted by neither, or the rows do not show it. */
  by: "start" | "end" | null;
}

/** The largest page, in rows. */
export interface PageSizeFinding extends ProbeFinding<number> {
  /** The number of rows that was requested; 0 for a list without pages. */
  requested: number;
}

/** Measured behaviour of a vendor's list of records on one account, where the vendor does not document it. A few requests suffice. Plain JSON. */
export interface ProbeReport {
  /** The account's label, as configured. */
  account: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** The list that was probed, such as one application: the first that has ended calls. Null where no call was found. */
  partition: ProbedList | null;
  /** Requests sent, those for tokens and repeated attempts included. */
  requests: number;
  /** The time of a call by which the window filters. `neither`: another, such as the creation of the record. */
  filtersOn: ProbeFinding<"start" | "end" | "neither">;
  /** Whether a call exactly at the start of a window is in it. */
  windowStart: ProbeFinding<"inclusive" | "exclusive">;
  /** Whether a call exactly at the end of a window is in it. */
  windowEnd: ProbeFinding<"inclusive" | "exclusive">;
  /** The order of the rows. */
  order: OrderFinding;
  /** The largest page that the vendor returns: less than `requested` where the vendor caps it silently. */
  pageSize: PageSizeFinding;
  /** The reported total minus the distinct rows of a fully read window: 0 where the total counts them. */
  total: ProbeFinding<number>;
  /**
   * The age of the oldest call in seconds, where no call was found in windows further back, up to three years; accurate to about five percent. Either the
   * account had no calls before, or the vendor does not keep them longer. A later probe that finds the same age indicates the vendor. Null where calls exist as
   * far back as the probe reads.
   */
  retention: ProbeFinding<number>;
  /** Options for the provider's factory; empty where nothing follows. */
  options: ProbedOptions;
}
