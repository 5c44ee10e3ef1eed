import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryCheckpointStore } from "call-records";
import type { CustomCall } from "call-records/testing";
import { passOf } from "../sync/pass.js";
import { DAY, HOUR, NOW, openStage, SECOND } from "./stage.js";
import { runs } from "../search.js";

const VENDORS = ["tencent-ccc", "huawei-cec", "itniotech"] as const;
const START = NOW - 40 * DAY;

const WINDOW_DAYS = { "tencent-ccc": 90, "huawei-cec": 7, itniotech: 93 };

/** Generates multiples of a quarter of an hour, because round times are also window bounds. */
const quarters = (least: number, most: number) =>
  fc.integer({ min: least * 4, max: most * 4 }).map((count) => count / 4);

/** Generates calls whose end is right, or hours or days late, with the matching duration, another one, or none. */
const writtenCall = fc.record({
  start: quarters(0, 96),
  lasted: fc.oneof(quarters(0, 11), quarters(12, 14), quarters(0, 29 * 24)),
  talk: fc.constantFrom("of the times", "a minute", "none"),
});

const NO_TALK = { Duration: null, talkDuration: null, agentTalkDuration: null, callDuration: null };
const A_MINUTE = { Duration: 60, talkDuration: 60, agentTalkDuration: 60, callDuration: 60 };

function callOf({ start, lasted, talk }: { start: number; lasted: number; talk: string }, index: number): CustomCall {
  const startedAt = START + start * HOUR;
  const row = talk === "none" ? NO_TALK : talk === "a minute" ? A_MINUTE : undefined;
  return {
    id: String(index),
    startedAt: new Date(startedAt),
    endedAt: new Date(startedAt + lasted * HOUR + 20 * SECOND),
    ...(row === undefined ? {} : { row }),
  };
}

describe.each(VENDORS)("a call of %s", (vendor) => {
  it("has the same record, whichever window returned its row", { tags: ["slow"] }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(writtenCall, { minLength: 1, maxLength: 6 }),
        fc.constantFrom("start" as const, "end" as const, "created" as const),
        // Windows begin at the start of the range, so that the window bounds of each range differ.
        fc.array(quarters(0, 30 * 24), { minLength: 2, maxLength: 2 }),
        async (written, filterTime, places) => {
          const calls = written.map(callOf);
          const { client } = await openStage({
            emulator: { callsPerDay: 0, activeCalls: 0, calls: { [vendor]: calls }, filterTime },
          });
          for (const hours of places) {
            const range = {
              from: new Date(START + hours * HOUR - WINDOW_DAYS[vendor] * DAY),
              to: new Date(START + 35 * DAY),
              accounts: [vendor],
              unreadableRows: "report",
            } as const;
            const records = await client.records(range).toArray({ max: 100 });
            const { changes } = await passOf(client, { ...range, store: new MemoryCheckpointStore() });
            for (const record of [...records, ...changes.map((change) => change.record)]) {
              // `normalize` reads the row without a window.
              expect(record).toEqual(client.normalize(vendor, record.raw, record));
            }
          }
        },
      ),
      { numRuns: runs(12) },
    );
  });

  it("whose end is days late and whose duration is missing has no talk time, whatever the bounds of the range", async () => {
    const call: CustomCall = { id: "1", startedAt: new Date(START), endedAt: new Date(START + 9 * DAY), row: NO_TALK };
    const { client } = await openStage({
      emulator: { callsPerDay: 0, activeCalls: 0, calls: { [vendor]: [call] }, filterTime: "end" },
    });
    for (const hours of [0, 1, 100]) {
      const from = new Date(START + hours * HOUR - WINDOW_DAYS[vendor] * DAY);
      const { summaries } = await client.usage({
        from,
        to: new Date(START + 9 * DAY + HOUR),
        accounts: [vendor],
        source: "records",
      });
      expect(summaries[0]).toMatchObject({ talkSeconds: null, answeredWithoutDuration: 1 });
    }
  });
});
