import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brokenSyncPromises } from "./sync-oracle.js";
import { syncScenarios } from "./sync-scenario.js";
import { simulateSync } from "./sync-simulation.js";

const SEED = 20_261_121;
const LIVES = 400;

describe("a job that syncs, in virtual time", () => {
  it(`ends with the vendors' history in its table, whatever happened on the way, in ${LIVES} lives`, { timeout: 110_000 }, async () => {
    const done = { passes: 0, crashes: 0, updates: 0, repeats: 0 };
    await fc.assert(
      fc.asyncProperty(syncScenarios, async (scenario) => {
        const run = await simulateSync(scenario);
        const deliveries = run.passes.flatMap((pass) => pass.deliveries);
        done.passes += run.passes.length;
        done.crashes += run.passes.filter(({ thrown, endedByConsumer }) => thrown !== null || endedByConsumer).length;
        done.updates += deliveries.filter(({ type }) => type === "updated").length;
        done.repeats += deliveries.filter(({ mayRepeat }) => mayRepeat).length;
        const broken = brokenSyncPromises(run);
        if (broken.length > 0) throw new Error(broken.join("\n"));
      }),
      { numRuns: LIVES, seed: SEED },
    );
    // Something has really happened in them.
    expect(done.passes).toBeGreaterThan(3 * LIVES);
    expect(done.crashes).toBeGreaterThan(LIVES / 3);
    expect(done.updates).toBeGreaterThan(LIVES / 3);
    expect(done.repeats).toBeGreaterThan(LIVES / 10);
  });
});
