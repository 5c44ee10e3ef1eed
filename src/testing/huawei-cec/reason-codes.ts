/** taskType of the ITA bidirectional call. Table 5 of the documentation lists its reason codes. */
export const ITA_TASK = 4;
/** taskType of the voice notification, whose reason codes the page about its callback lists. The list under `reasonCode` applies to all other types. */
export const NOTIFICATION_TASK = 3;
/** The reason of a notification that was played to its end. */
export const PLAYED = 1;

/** All codes of table 5. Codes without a weight below are selected occasionally. */
export const ITA_REASONS: readonly [number, ...number[]] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 18, 19, 20, 21, 22, 23, 25, 26, 27, 28, 29, 30, 31, 34, 38, 39, 40, 41, 42, 43,
  44, 46, 47, 49, 50, 53, 55, 57, 58, 62, 63, 65, 66, 69, 70, 79, 81, 82, 83, 84, 85, 86, 87, 88, 90, 91, 95, 96, 97,
  98, 99, 100, 101, 102, 103, 110, 111, 127,
];

type Weighted<T> = readonly [readonly [T, number], ...(readonly [T, number])[]];

/** Reasons of an unanswered ITA call; null: any code of the table. */
export const ITA_MISSES: Weighted<number | null> = [
  [19, 26],
  [18, 18],
  [17, 16],
  [21, 12],
  [20, 8],
  [1, 5],
  [28, 3],
  [34, 2],
  [41, 2],
  [127, 2],
  [null, 8],
];

/** The last stage of an unanswered call. */
export type Stage = "nobody" | "agent-rung" | "agent-answered" | "customer-rung";

/** Reasons and last stages of unanswered voice notifications, which have no agent. */
export const NOTIFICATION_MISSES: Weighted<readonly [number, Stage]> = [
  [[4, "customer-rung"], 70],
  [[6, "nobody"], 14],
  [[8, "nobody"], 5],
  [[9, "nobody"], 6],
  [[10, "nobody"], 4],
  [[503, "nobody"], 1],
];

/** Reasons and last stages of other unanswered calls. The documentation has "xxx: other exceptions" beyond 6. */
export const SHORT_MISSES: Weighted<readonly [number, Stage]> = [
  [[5, "customer-rung"], 46],
  [[3, "agent-answered"], 18],
  [[4, "agent-rung"], 16],
  [[2, "nobody"], 7],
  [[6, "nobody"], 5],
  [[503, "agent-answered"], 1],
  [[65_535, "nobody"], 1],
];
