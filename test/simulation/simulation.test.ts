import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEARCH } from "../search.js";
import { oldBugs } from "./old-bugs.js";
import { violationsOf } from "./oracle.js";
import { addUp, hasNoViolations, type ScheduleCounter } from "./property.js";
import { simulate } from "./simulate.js";
import { KINDS } from "./warnings.js";

/** The schedules are always the same. `npm run test:simulation` runs more of them, and `npm run soak` runs new ones. */
const SEED = 20_261_130;
const SCHEDULES = SEARCH.schedules;

describe("the kinds of warnings", () => {
  const folder = fileURLToPath(new URL("../../src", import.meta.url));
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => readFileSync(`${folder}/${path}`, "utf8").replaceAll("\\`", "`"));

  // A message that was reworded would otherwise be a warning of an unknown kind, in one schedule of thousands.
  it.each(Object.entries(KINDS))("are recognized by words of the library: %s", (_kind, words) => {
    expect(sources.some((source) => words.test(source))).toBe(true);
  });
});

describe("the whole client in virtual time", () => {
  it.each(Object.entries(oldBugs))("has no violation in the schedule of an old bug: %s", async (_what, scenario) => {
    expect(violationsOf(await simulate(scenario))).toEqual([]);
  });

  it(
    `loses and repeats no calls and makes no false reports, in ${SCHEDULES} schedules`,
    { timeout: 110_000 },
    async () => {
      const counters: ScheduleCounter[] = [];
      await fc.assert(
        hasNoViolations((counter) => counters.push(counter)),
        { numRuns: SCHEDULES, seed: SEED },
      );
      const { schedules, requests, retries, records, cutShort, hoursCovered } = addUp(counters);
      expect(schedules).toBe(SCHEDULES);
      // The schedules must contain real work.
      expect(requests).toBeGreaterThan(20 * SCHEDULES);
      expect(retries).toBeGreaterThan(2 * SCHEDULES);
      expect(records).toBeGreaterThan(5 * SCHEDULES);
      expect(cutShort).toBeGreaterThan(SCHEDULES / 10);
      expect(schedules - cutShort).toBeGreaterThan(SCHEDULES / 2);
      expect(hoursCovered).toBeGreaterThan(50 * SCHEDULES);
    },
  );
});
