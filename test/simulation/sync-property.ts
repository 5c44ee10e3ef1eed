import fc from "fast-check";
import { brokenSyncPromises } from "./sync-oracle.js";
import { type SyncScenario, syncScenarios } from "./sync-scenario.js";
import { simulateSync, type SyncRun } from "./sync-simulation.js";

/** What was done in some lives of a job: one that did nothing would keep every promise. */
export interface SyncTally {
  lives: number;
  passes: number;
  /** Passes that a consumer, a store, a signal or a vendor has ended early. */
  cutShort: number;
  updates: number;
  /** Calls that came again, as their batch had not been committed. */
  repeats: number;
}

export const emptySyncTally: SyncTally = { lives: 0, passes: 0, cutShort: 0, updates: 0, repeats: 0 };

export function addUpSyncs(counters: readonly SyncTally[]): SyncTally {
  return counters.reduce(
    (a, b) => ({
      lives: a.lives + b.lives,
      passes: a.passes + b.passes,
      cutShort: a.cutShort + b.cutShort,
      updates: a.updates + b.updates,
      repeats: a.repeats + b.repeats,
    }),
    emptySyncTally,
  );
}

function counterOf({ passes }: SyncRun): SyncTally {
  const deliveries = passes.flatMap((pass) => pass.deliveries);
  return {
    lives: 1,
    passes: passes.length,
    cutShort: passes.filter(({ thrown, endedByConsumer }) => thrown !== null || endedByConsumer).length,
    updates: deliveries.filter(({ type }) => type === "updated").length,
    repeats: deliveries.filter(({ mayRepeat }) => mayRepeat).length,
  };
}

/** Whatever happens, every promise of `sync` is kept. @param note hears of every run that was made, those of shrinking included. */
export function syncKeepsItsPromises(
  note: (counter: SyncTally) => void = () => undefined,
): fc.IAsyncProperty<[SyncScenario]> {
  return fc.asyncProperty(syncScenarios, async (scenario) => {
    const run = await simulateSync(scenario);
    note(counterOf(run));
    const broken = brokenSyncPromises(run);
    if (broken.length > 0) throw new Error(broken.join("\n"));
  });
}
