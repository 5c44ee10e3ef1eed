import { describe, expect, it } from "vitest";
import { type ClientEvent, MemoryCheckpointStore } from "call-records";
import type { CustomCall, EmulatorOptions } from "call-records/testing";
import {
  DAY,
  daysAgo,
  HOUR,
  huaweiAt,
  itniotechAt,
  ManualClock,
  NOW,
  openClient,
  openEmulator,
  tencentAt,
} from "../client/stage.js";
import { idsOf, within } from "../client/truth.js";
import { huaweiWindows, named, passOf } from "./pass.js";
import { extent, share } from "../search.js";

const VENDORS = ["tencent-ccc", "huawei-cec", "itniotech"] as const;
const MINUTE = 60_000;

interface WindowOptions {
  filtersOn?: "start" | "unknown";
  windowEnd?: "inclusive" | "exclusive" | "unknown";
}

/** Opens three vendors, and returns a function that creates clients with different window options. */
async function openVendors(options: EmulatorOptions) {
  const clock = new ManualClock();
  const emulator = await openEmulator({ now: clock.now, ...options });
  const warnings: ClientEvent[] = [];
  const onEvent = (event: ClientEvent) => {
    if (event.type === "warning") warnings.push(event);
  };
  const clientWith = (window: WindowOptions) =>
    openClient({
      providers: [tencentAt(emulator, window), huaweiAt(emulator, window), itniotechAt(emulator, window)],
      clock,
      onEvent,
    });
  return { clock, emulator, clientWith, warnings };
}

/** The minutes between the starts of two calls. */
const EVERY = extent(45, 15);
/** Long and short calls at equal intervals in five days. Some are listed hours after they ended. */
const calls = Array.from({ length: (5 * 24 * 60) / EVERY }, (_, index): CustomCall => {
  const startedAt = NOW - 5 * DAY + index * EVERY * MINUTE;
  const endedAt = startedAt + (index % 7 === 0 ? 11 * HOUR : MINUTE);
  return {
    startedAt: new Date(startedAt),
    endedAt: new Date(endedAt),
    listedFrom: new Date(endedAt + (index % 5 === 0 ? 9 * HOUR : 0)),
  };
});
const data = { callsPerDay: 0, activeCalls: 0, calls: { "tencent-ccc": calls, "huawei-cec": calls, itniotech: calls } };

describe('the option filtersOn "start", when it is wrong', () => {
  it.each(["end", "created"] as const)("causes one warning per read when windows filter on %s", async (filterTime) => {
    for (const filtersOn of ["start", "unknown"] as const) {
      const emulator = await openEmulator({ ...data, filterTime });
      const warnings: string[] = [];
      const onEvent = (event: ClientEvent) => {
        if (event.type === "warning") warnings.push(event.message);
      };
      const client = openClient({
        providers: [itniotechAt(emulator, { filtersOn })],
        clock: new ManualClock(),
        onEvent,
      });
      const range = { from: daysAgo(4), to: daysAgo(3) };
      const stream = client.records(range);
      await stream.toArray({ max: 10_000 });
      const { report } = await passOf(client, { from: daysAgo(4), checkpoint: null });
      // The vendor filters on another time than the option states, so nothing verifies that all calls of the range were read.
      const whole = { from: range.from.toISOString(), to: range.to.toISOString() };
      expect(stream.report().accounts[0]).toMatchObject(
        filtersOn === "start" ? { coverage: [], unsettled: [whole] } : { coverage: [whole], unsettled: [] },
      );
      if (filtersOn === "start") expect(report.accounts[0]?.coverage).toEqual([]);
      const warning: unknown = expect.stringMatching(/^itniotech: .*`filtersOn` is "start"/);
      expect(warnings).toEqual(filtersOn === "start" ? [warning, warning] : []);
    }
  });
});

describe("a sync of vendors that filter on the start", () => {
  const sequences: WindowOptions[][] = [
    [{ filtersOn: "start", windowEnd: "inclusive" }],
    [{}, { filtersOn: "start" }],
    [{ filtersOn: "start", windowEnd: "inclusive" }, { windowEnd: "inclusive" }],
    [{ filtersOn: "start", windowEnd: "inclusive" }, { windowEnd: "exclusive" }],
  ];

  it.each(
    share(
      sequences.map((sequence) => ({ sequence })),
      1,
      2,
    ),
  )(
    "delivers every call once, including late ones, with alternating options: $sequence",
    { tags: ["slow"] },
    async ({ sequence }) => {
      const { clock, emulator, clientWith, warnings } = await openVendors({ ...data, filterTime: "start" });
      const store = new MemoryCheckpointStore();
      const from = daysAgo(4);
      const clients = sequence.map(clientWith);
      const seen = new Map<string, string[]>(VENDORS.map((vendor) => [vendor, []]));
      for (let pass = 0; pass < 16; pass += 1) {
        const client = clients[pass % clients.length];
        if (client === undefined) throw new TypeError("This pass has no client.");
        const { changes } = await passOf(client, { from, store });
        expect(warnings).toEqual([]);
        // Huawei lists active calls too, and they are updated when they have ended.
        for (const { type, record } of changes) if (type === "new") seen.get(record.account)?.push(record.id);
        clock.advance(5 * HOUR);
      }
      for (const vendor of VENDORS) {
        expect(seen.get(vendor)?.sort()).toEqual(
          idsOf(within(emulator.truth[vendor].calls, from, new Date(NOW + 10 * DAY))),
        );
      }
    },
  );

  it("delivers every call once when `windowEnd` changes between passes", async () => {
    const { clock, emulator, clientWith, warnings } = await openVendors({ ...data, filterTime: "start" });
    const store = new MemoryCheckpointStore();
    const seen: string[] = [];
    for (const options of [{}, { filtersOn: "start", windowEnd: "inclusive" }, { windowEnd: "exclusive" }] as const) {
      const { changes } = await passOf(clientWith(options), { from: daysAgo(4), store, accounts: ["tencent-ccc"] });
      seen.push(...changes.map(({ record }) => record.id));
      clock.advance(5 * DAY);
    }
    expect(warnings).toEqual([]);
    expect(seen.sort()).toEqual(
      idsOf(within(emulator.truth["tencent-ccc"].calls, daysAgo(4), new Date(NOW + 10 * DAY))),
    );
  });

  it("needs fewer windows for at least the same coverage, and detects a changed call", async () => {
    const field = { edits: 0 };
    const changing: CustomCall = {
      id: "7",
      startedAt: new Date(NOW - 20 * HOUR),
      row: {
        get callData() {
          return `after ${field.edits}`;
        },
      },
    };
    const { emulator, clientWith } = await openVendors({
      ...data,
      calls: { "huawei-cec": [...calls, changing] },
      filterTime: "start",
    });
    const query = { from: daysAgo(16), to: daysAgo(0), accounts: ["huawei-cec"] };
    const read = async (options: WindowOptions) => {
      field.edits = 0;
      const store = new MemoryCheckpointStore();
      const client = clientWith(options);
      emulator.clearRequests();
      await passOf(client, { ...query, store });
      const windows = huaweiWindows(emulator).length;
      field.edits = 1;
      const second = named((await passOf(client, { ...query, store })).changes);
      return { windows, second, coverage: await client.coverage(store, { accounts: ["huawei-cec"] }) };
    };
    const [withoutOptions, withOptions] = [await read({}), await read({ filtersOn: "start", windowEnd: "inclusive" })];
    expect(withOptions.second).toEqual(["updated 7"]);
    expect(withoutOptions.second).toEqual(["updated 7"]);
    expect(withOptions.windows).toBeLessThan(withoutOptions.windows);
    expect(withOptions.coverage[0]?.coverage).toEqual([
      { from: daysAgo(16).toISOString(), to: daysAgo(2).toISOString() },
    ]);
    // Without the options, the vendor may still list a call that started in the last half day by a later time.
    expect(withoutOptions.coverage[0]?.coverage).toEqual([
      { from: daysAgo(16).toISOString(), to: new Date(NOW - 2 * DAY - 12 * HOUR).toISOString() },
    ]);
  });

  it("reads an earlier range completely when the options change", async () => {
    for (const [first, second] of [
      [{}, { filtersOn: "start", windowEnd: "inclusive" }],
      [{ filtersOn: "start", windowEnd: "exclusive" }, { windowEnd: "exclusive" }],
    ] as const) {
      const { emulator, clientWith } = await openVendors({ ...data, filterTime: "start" });
      const store = new MemoryCheckpointStore();
      const ids: string[] = [];
      for (const [options, from] of [
        [first, daysAgo(3.5)],
        [second, daysAgo(4.3)],
      ] as const) {
        for (const { record } of (await passOf(clientWith(options), { from, store, accounts: ["tencent-ccc"] }))
          .changes)
          ids.push(record.id);
      }
      expect(ids.sort()).toEqual(idsOf(within(emulator.truth["tencent-ccc"].calls, daysAgo(4.3), new Date(NOW + DAY))));
    }
  });
});
