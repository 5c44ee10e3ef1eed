/** The result of a probe for one property of the list. */
export interface ProbeFinding<Value> {
  /** The measured value; null where the calls that were read do not show it. */
  value: Value | null;
  /** An English sentence: the observation behind the value, or the reason why there is no value. */
  evidence: string;
}

/** Options of a provider that follow from the results of a probe. */
export interface ProbedOptions {
  /** `start` if the probe measured it; `unknown` if the provider declares `start` and the probe measured another time; else left out. */
  filtersOn?: "start" | "unknown";
  /** The measured value if the start of a window is inclusive; `unknown` if it is not and the provider declares a value; else left out. */
  windowEnd?: "inclusive" | "exclusive" | "unknown";
  /** The age of the oldest call in seconds, if no older call was found; else left out. With this option, a reading warns where older windows are empty. */
  suspectedRetentionSeconds?: number;
  /** `true` if the vendor's own number filter found every call that was examined; `false` if it did not and the provider uses it; else left out. */
  numberFilter?: boolean;
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
  /** The time of a call by which the rows are sorted; null where they are sorted by neither, or the rows do not show it. */
  by: "start" | "end" | null;
}

/** The size of the largest page, in rows. */
export interface PageSizeFinding extends ProbeFinding<number> {
  /** The number of rows that the probe requested; 0 for a list without pages. */
  requested: number;
}

/** The measured behaviour of a vendor's list of records on one account, where the vendor does not document it. Plain JSON. */
export interface ProbeReport {
  /** The account's label, as configured. */
  account: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** The list that was probed, such as one application: the first list with calls that have ended. Null where no call was found. */
  partition: ProbedList | null;
  /** Number of requests sent, including requests for tokens and repeated attempts. */
  requests: number;
  /** The time of a call on which windows filter. `neither`: another time, such as the creation of the record. */
  filtersOn: ProbeFinding<"start" | "end" | "neither">;
  /** Whether a call exactly at the start of a window is in it. */
  windowStart: ProbeFinding<"inclusive" | "exclusive">;
  /** Whether a call exactly at the end of a window is in it. */
  windowEnd: ProbeFinding<"inclusive" | "exclusive">;
  /** The order of the rows. */
  order: OrderFinding;
  /** The largest page that the vendor returns. It is less than `requested` where the vendor caps it silently. */
  pageSize: PageSizeFinding;
  /** The reported total minus the number of distinct rows of a completely read window. It is 0 where the total counts these rows. */
  total: ProbeFinding<number>;
  /**
   * The age of the oldest call in seconds, accurate to about five percent, if no call was found in older windows. The probe reads up to three years back. Either
   * the account had no earlier calls, or the vendor does not keep them longer. If a later probe finds the same age, the vendor deletes older calls. Null where
   * calls exist as far back as the probe reads.
   */
  retention: ProbeFinding<number>;
  /**
   * Whether the vendor's own number filter finds calls by the plain text of their caller and of their callee, and no other calls, and every number that the
   * probe has read is plain digits. Null where the vendor has no such filter.
   */
  numberFilter: ProbeFinding<boolean>;
  /** Options for the provider's factory that follow from the findings; empty where none do. */
  options: ProbedOptions;
}
