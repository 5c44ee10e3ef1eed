import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { onceBroken } from "./once-broken.js";
import { brokenPromises } from "./oracle.js";
import { addUp, keepsItsPromises, type Tally } from "./property.js";
import { simulate } from "./simulate.js";

/** Always the same schedules: new ones are for `npm run soak`. */
const SEED = 20_261_121;
const SCHEDULES = 2000;

describe("the whole client, in virtual time", () => {
  it.each(Object.entries(onceBroken))("keeps the promise that it once broke: %s", async (_what, scenario) => {
    expect(brokenPromises(await simulate(scenario))).toEqual([]);
  });

  it(`loses nothing, repeats nothing and claims nothing falsely, in ${SCHEDULES} schedules`, { timeout: 110_000 }, async () => {
    const tallies: Tally[] = [];
    await fc.assert(keepsItsPromises((tally) => tallies.push(tally)), { numRuns: SCHEDULES, seed: SEED });
    const { schedules, requests, retries, records, cutShort, hoursCovered } = addUp(tallies);
    expect(schedules).toBe(SCHEDULES);
    // Something has really happened in them.
    expect(requests).toBeGreaterThan(40_000);
    expect(retries).toBeGreaterThan(5_000);
    expect(records).toBeGreaterThan(10_000);
    expect(cutShort).toBeGreaterThan(300);
    expect(schedules - cutShort).toBeGreaterThan(1000);
    expect(hoursCovered).toBeGreaterThan(100_000);
  });
});
