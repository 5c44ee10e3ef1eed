import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/testing/data/random.js";
import { quiet } from "../engine/virtual-clock.js";
import { SEARCH } from "../search.js";
import { faultsOfMutation, play } from "./mutation.js";
import type { VendorUnderTest } from "./vendor-under-test.js";
import { Watchdog } from "./watchdog.js";

const BLOCK = Math.min(SEARCH.mutations, 5_000);
/** Further failures add no information. */
const SHOWN_FAILURES = 5;
/** A seed to replay instead of all. */
const REPLAYED = process.env.MUTATION_SEED;

const blocks =
  REPLAYED === undefined
    ? Array.from({ length: SEARCH.mutations / BLOCK }, (_, block) => ({ from: block * BLOCK, to: (block + 1) * BLOCK }))
    : [{ from: Number(REPLAYED), to: Number(REPLAYED) + 1 }];

/** Tests that every mutated response ends in a value or a typed error. `MUTATION_SEED=123 npx vitest run test/mutation` replays one. */
export function describeMutations(name: string, open: () => Promise<VendorUnderTest>): void {
  describe(`mutated responses of ${name}`, () => {
    let vendor: VendorUnderTest;
    let watchdog: Watchdog;
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => {
      unhandled.push(reason);
    };

    const { stackTraceLimit } = Error;

    beforeAll(async () => {
      // Stacks of tens of thousands of errors are slow, and the first frame is sufficient.
      Error.stackTraceLimit = 1;
      vendor = await open();
      watchdog = new Watchdog();
      process.on("unhandledRejection", note);
    });
    afterAll(async () => {
      process.off("unhandledRejection", note);
      Error.stackTraceLimit = stackTraceLimit;
      await watchdog.close();
    });

    it("have the same results as the vendor where nothing is changed", async () => {
      for (const scenario of vendor.scenarios) {
        const { faults, handed } = await play(vendor, scenario, null, new Random(1));
        expect(faults).toEqual([]);
        expect({ ...scenario.found, name: scenario.name }).toEqual({
          name: scenario.name,
          records: handed.records.length,
          found: handed.found.length,
          summaries: handed.summaries.length,
        });
      }
    });

    it.each(blocks)(
      "end in a value or a typed error: seeds $from up to $to",
      { timeout: 240_000 },
      async ({ from, to }) => {
        const failures: string[] = [];
        for (let seed = from; seed < to && failures.length < SHOWN_FAILURES; seed += 1) {
          watchdog.watch(seed);
          const failure = await faultsOfMutation(vendor, seed);
          if (failure !== null) failures.push(failure);
          // Node reports unhandled rejections after a turn of the event loop.
          await quiet();
          for (const reason of unhandled.splice(0))
            failures.push(`Seed ${seed}: an unhandled rejection: ${String(reason)}`);
        }
        expect(failures.join("\n\n")).toBe("");
      },
    );
  });
}
