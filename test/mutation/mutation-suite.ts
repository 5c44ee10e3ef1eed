import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/testing/data/random.js";
import { quiet } from "../engine/virtual-clock.js";
import { faultsOfMutation, play } from "./mutation.js";
import type { VendorUnderTest } from "./vendor-under-test.js";
import { Watchdog } from "./watchdog.js";

/** 20,000 of each vendor with `npm run test:mutations`. */
const MUTATIONS = Number(process.env.MUTATIONS ?? 5_000);
const BLOCK = 5_000;
/** More of them tell no more. */
const SHOWN_FAILURES = 5;
/** One seed to replay, in place of all. */
const REPLAYED = process.env.MUTATION_SEED;

const blocks =
  REPLAYED === undefined
    ? Array.from({ length: MUTATIONS / BLOCK }, (_, block) => ({ from: block * BLOCK, to: (block + 1) * BLOCK }))
    : [{ from: Number(REPLAYED), to: Number(REPLAYED) + 1 }];

/** Every mutation of a vendor's answers ends in a value or a typed error. Each replays by its seed: `MUTATION_SEED=123 npx vitest run test/mutation`. */
export function describeMutations(name: string, open: () => Promise<VendorUnderTest>): void {
  describe(`mutated answers of ${name}`, () => {
    let vendor: VendorUnderTest;
    let watchdog: Watchdog;
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => {
      unhandled.push(reason);
    };

    const { stackTraceLimit } = Error;

    beforeAll(async () => {
      // Tens of thousands of errors are thrown, and nobody reads further than to the first place.
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

    it("are none where nothing is changed: from memory, every call finds what it found at the vendor", async () => {
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
          // Rejections that nobody handles are told of between two turns.
          await quiet();
          for (const reason of unhandled.splice(0))
            failures.push(`Seed ${seed}: a rejection that nobody handled: ${String(reason)}`);
        }
        expect(failures.join("\n\n")).toBe("");
      },
    );
  });
}
