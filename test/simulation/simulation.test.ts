import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEARCH } from "../search.js";
import { onceBroken } from "./once-broken.js";
import { brokenPromises } from "./oracle.js";
import { addUp, keepsItsPromises, type UsageCounter } from "./property.js";
import { simulate } from "./simulate.js";

/** The schedules are always the same. `npm run test:simulation` runs more of them, and `npm run soak` runs new ones. */
const SEED = 20_261_121;
const SCHEDULES = SEARCH.schedules;

describe("the whole client, in virtual time", () => {
  it.each(Object.entries(onceBroken))("keeps the promise that it once broke: %s", async (_what, scenario) => {
    expect(brokenPromises(await simulate(scenario))).toEqual([]);
  });

  it(
    `loses nothing, repeats nothing and claims nothing falsely, in ${SCHEDULES} schedules`,
    { timeout: 110_000 },
    async () => {
      const counters: UsageCounter[] = [];
      await fc.assert(
        keepsItsPromises((counter) => counters.push(counter)),
        { numRuns: SCHEDULES, seed: SEED },
      );
      const { schedules, requests, retries, records, cutShort, hoursCovered } = addUp(counters);
      expect(schedules).toBe(SCHEDULES);
      // Something has really happened in them.
      expect(requests).toBeGreaterThan(20 * SCHEDULES);
      expect(retries).toBeGreaterThan(2 * SCHEDULES);
      expect(records).toBeGreaterThan(5 * SCHEDULES);
      expect(cutShort).toBeGreaterThan(SCHEDULES / 10);
      expect(schedules - cutShort).toBeGreaterThan(SCHEDULES / 2);
      expect(hoursCovered).toBeGreaterThan(50 * SCHEDULES);
    },
  );
});
