import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEARCH } from "../search.js";
import { addUpSyncs, type SyncCounter, syncHasNoViolations } from "./sync-property.js";

/** The lives are always the same. `npm run soak -- --of sync` runs new ones. */
const SEED = 20_261_121;
const LIVES = SEARCH.lives;

describe("a sync job in virtual time", () => {
  it(
    `ends with the vendors' history in its table despite faults and crashes, in ${LIVES} lives`,
    { timeout: 110_000 },
    async () => {
      const counters: SyncCounter[] = [];
      await fc.assert(
        syncHasNoViolations((counter) => counters.push(counter)),
        { numRuns: LIVES, seed: SEED },
      );
      const { lives, passes, cutShort, updates, repeats } = addUpSyncs(counters);
      expect(lives).toBe(LIVES);
      // The lives must contain real work.
      expect(passes).toBeGreaterThan(3 * LIVES);
      expect(cutShort).toBeGreaterThan(LIVES / 3);
      expect(updates).toBeGreaterThan(LIVES / 10);
      expect(repeats).toBeGreaterThan(LIVES / 10);
    },
  );
});
