/** What a check is about. */
export type ConformanceGroup = "contract" | "limits" | "paging" | "classification" | "mapping" | "secrets";

/** One rule that an adapter must keep. Bound to no test framework: it fails by throwing. */
export interface ConformanceCheck {
  /** What it is about: checks of one group come one after the other. */
  group: ConformanceGroup;
  /** The rule, as a sentence: the name of its test. */
  name: string;
  /** @throws AssertionError that says which rule is broken, and what to change. */
  run: () => Promise<void> | void;
}
