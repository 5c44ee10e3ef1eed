import fc from "fast-check";
import { syncViolationsOf } from "./sync-oracle.js";
import { type SyncScenario, syncScenarios } from "./sync-scenario.js";
import { simulateSync, type SyncRun } from "./sync-simulation.js";

/** The amounts of work in some lives of a job, because a job without work has no violations. */
export interface SyncCounter {
  lives: number;
  passes: number;
  /** Passes that ended early because of a consumer, a store, a signal or a vendor. */
  cutShort: number;
  updates: number;
  /** Calls that were delivered again because their batch was not committed. */
  repeats: number;
}

export const emptySyncCounter: SyncCounter = { lives: 0, passes: 0, cutShort: 0, updates: 0, repeats: 0 };

export function addUpSyncs(counters: readonly SyncCounter[]): SyncCounter {
  return counters.reduce(
    (a, b) => ({
      lives: a.lives + b.lives,
      passes: a.passes + b.passes,
      cutShort: a.cutShort + b.cutShort,
      updates: a.updates + b.updates,
      repeats: a.repeats + b.repeats,
    }),
    emptySyncCounter,
  );
}

function counterOf({ passes }: SyncRun): SyncCounter {
  const deliveries = passes.flatMap((pass) => pass.deliveries);
  return {
    lives: 1,
    passes: passes.length,
    cutShort: passes.filter(({ thrown, endedByConsumer }) => thrown !== null || endedByConsumer).length,
    updates: deliveries.filter(({ type }) => type === "updated").length,
    repeats: deliveries.filter(({ mayRepeat }) => mayRepeat).length,
  };
}

/** Returns the property that no scenario of `sync` has violations. @param onRun receives the amounts of each run, including those of shrinking. */
export function syncHasNoViolations(
  onRun: (counter: SyncCounter) => void = () => undefined,
): fc.IAsyncProperty<[SyncScenario]> {
  return fc.asyncProperty(syncScenarios, async (scenario) => {
    const run = await simulateSync(scenario);
    onRun(counterOf(run));
    const violations = syncViolationsOf(run);
    if (violations.length > 0) throw new Error(violations.join("\n"));
  });
}
