import type { Provider } from "../../contract/provider.js";
import type { CheckpointSettings } from "../../engine/checkpoints/checkpoint.js";
import { windowMarginMsOf } from "../../engine/lists/list-limits.js";

/** An option that has changed, and which of the intervals that were read under it must be read again. */
export interface SettingsChange {
  /** Its name in the options of the provider. */
  option: string;
  before: string;
  now: string;
  /** `all`: everything; `edges`: intervals near the ends of those that were read, or near ranges that were requested later; `none`: nothing. */
  reread: "all" | "edges" | "none";
}

/** Returns the current settings of a provider's history. */
export function settingsOf(provider: Provider): CheckpointSettings {
  const { records } = provider.operations;
  const { window } = records;
  return {
    timeZone: records.dependsOnTimeZone === false ? null : provider.timeZone,
    dayTimeZone: window?.unit === "day" ? (window.timeZone ?? provider.timeZone) : null,
    filtersOn: window?.filtersOn ?? "unknown",
    windowEnd: window?.end ?? "unknown",
    longestCallSeconds: windowMarginMsOf(records, provider) / 1000,
  };
}

/**
 * Returns the options that differ.
 *
 * | option | change | read again |
 * | --- | --- | --- |
 * | `timeZone`, zone of days | any | all: times were misread, or other days were requested |
 * | `windowEnd` | to `unknown` | all: windows did not begin one unit early. If the vendor excludes the start of a window, calls at the bounds are missing, and the bounds are not stored |
 * | | from `inclusive`, by days | all: the end of each day was requested by its last second only |
 * | | from `unknown` | nothing: more was read than needed |
 * | | others | nothing: with finer units, both request a window up to the start of the next one; with days, more was read than needed |
 * | `filtersOn`, `longestCallSeconds` | larger window margin | edges: calls there may have filter times that were not read, or were read before the range was requested |
 * | | smaller window margin | nothing: more was read than needed |
 *
 * Adding or removing an application affects no other, because each list has its own intervals. A longer `settleSeconds` applies to intervals that are not yet
 * verified.
 */
export function changesOf(before: CheckpointSettings, now: CheckpointSettings): SettingsChange[] {
  const changes: SettingsChange[] = [];
  const compare = (option: string, name: keyof CheckpointSettings, reread: SettingsChange["reread"]) => {
    if (before[name] !== now[name])
      changes.push({ option, before: format(before[name]), now: format(now[name]), reread });
  };
  compare("timeZone", "timeZone", "all");
  if (before.timeZone === now.timeZone) compare("timeZone", "dayTimeZone", "all");
  const wasReadTooNarrowly =
    now.windowEnd === "unknown" || (before.windowEnd === "inclusive" && before.dayTimeZone !== null);
  compare("windowEnd", "windowEnd", wasReadTooNarrowly ? "all" : "none");
  const isWider = now.longestCallSeconds > before.longestCallSeconds;
  if (before.filtersOn === now.filtersOn)
    compare("longestCallSeconds", "longestCallSeconds", isWider ? "edges" : "none");
  else compare("filtersOn", "filtersOn", isWider ? "edges" : "none");
  return changes;
}

function format(value: string | number | null): string {
  return value === null ? "none" : String(value);
}
