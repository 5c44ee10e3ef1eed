import type { Provider } from "../../contract/provider.js";
import type { CheckpointSettings } from "../../engine/checkpoints/checkpoint.js";
import { windowMarginMsOf } from "../../engine/lists/list-plan.js";

/** An option that has changed, and what of the ranges that were read under it still holds. */
export interface SettingsChange {
  /** Its name, as the provider's factory takes it. */
  option: string;
  before: string;
  now: string;
  /** `all`: everything is read again; `edges`: what lies near an end of what was read, or of ground that was asked for later; `none`: all of it holds. */
  readAgain: "all" | "edges" | "none";
}

/** The settings under which a provider's history is read now. */
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
 * The options that differ.
 *
 * | option | change | what does not hold any more |
 * | --- | --- | --- |
 * | `timeZone`, zone of days | any | all: times were misread, or other days were asked for |
 * | `windowEnd` | to `unknown` | all: windows did not begin a unit early, and a vendor that leaves out the start of a window has left out calls at the bounds. Where those lay is not kept |
 * | | from `inclusive`, by days | all: the end of each day was asked for by its last second only |
 * | | from `unknown` | nothing: more was read than is needed |
 * | | others | nothing: by finer units, both ask for a window up to the instant where the next one begins; by days, more was read than is needed |
 * | `filtersOn`, `longestCallSeconds` | more seconds around the ground | edges: calls there may be found at times that were not read, or were read before the ground was asked for |
 * | | fewer seconds | nothing: more was read than is needed |
 *
 * An application that is added, or removed, changes no other: each list has ranges of its own. A longer `settleSeconds` holds for what is not proven yet.
 */
export function changesOf(before: CheckpointSettings, now: CheckpointSettings): SettingsChange[] {
  const changes: SettingsChange[] = [];
  const compare = (option: string, name: keyof CheckpointSettings, readAgain: SettingsChange["readAgain"]) => {
    if (before[name] !== now[name])
      changes.push({ option, before: print(before[name]), now: print(now[name]), readAgain });
  };
  compare("timeZone", "timeZone", "all");
  if (before.timeZone === now.timeZone) compare("timeZone", "dayTimeZone", "all");
  const isReadTooNarrowly =
    now.windowEnd === "unknown" || (before.windowEnd === "inclusive" && before.dayTimeZone !== null);
  compare("windowEnd", "windowEnd", isReadTooNarrowly ? "all" : "none");
  const isWider = now.longestCallSeconds > before.longestCallSeconds;
  if (before.filtersOn === now.filtersOn)
    compare("longestCallSeconds", "longestCallSeconds", isWider ? "edges" : "none");
  else compare("filtersOn", "filtersOn", isWider ? "edges" : "none");
  return changes;
}

function print(value: string | number | null): string {
  return value === null ? "none" : String(value);
}
