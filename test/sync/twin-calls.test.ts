import { describe, expect, it } from "vitest";
import { CallRecordsClient, huaweiCec, IncompleteError, MemoryCheckpointStore, type Provider } from "call-records";
import { defineProvider } from "call-records/adapter";
import { huaweiResponding, type Responder, serve } from "../client/scripted-vendor.js";
import { DAY, HOUR, IN_TURN, ManualClock, NOW, rejectionOf } from "../client/stage.js";
import { named } from "./pass.js";
import { extent, share } from "../search.js";

const WINDOW_MS = 6 * HOUR;
/** The start of the first window. */
const FROM = NOW - 7 * DAY;
const MINUTE = 60_000;

interface Row {
  callSerialNo: string;
  startTime: number;
  endTime: number;
  state: number;
  callData: string;
  /** The list that contains the row. Default: the list of calls, `0`. */
  taskType?: string;
}

const call = (id: string, startTime: number, fields: Partial<Row> = {}): Row => ({
  callSerialNo: id,
  startTime,
  endTime: startTime + MINUTE,
  state: 3,
  callData: "",
  ...fields,
});

/** Opens a vendor whose list the test controls, and a client that syncs it in windows of six hours. */
async function openJob(rows: Row[], filtersOn: "start" | "unknown" = "start") {
  const vendor: { rows: Row[]; fails: (from: number) => boolean; filtersOn: "startTime" | "endTime" } = {
    rows,
    fails: () => false,
    filtersOn: "startTime",
  };
  const list: Responder = ({ body }) => {
    const [from, to] = [Number(body.startTime), Number(body.endTime)];
    if (vendor.fails(from)) return { status: 500, body: {} };
    const shown = vendor.rows.filter(
      ({ taskType = "0", ...row }) =>
        body.taskType === taskType && from <= row[vendor.filtersOn] && row[vendor.filtersOn] <= to,
    );
    return {
      body: {
        retCode: "0",
        retMsg: "",
        result: {
          total: shown.length,
          callInfo: shown.slice(Number(body.offset), Number(body.offset) + Number(body.limit)),
        },
      },
    };
  };
  const provider: Provider = huaweiCec({
    appKey: "key",
    appSecret: "secret-of-huawei",
    endpoint: await serve(huaweiResponding(list)),
    rate: IN_TURN,
    filtersOn,
  });
  const { records } = provider.operations;
  if (records.window === null) throw new TypeError("The list has no time window.");
  const narrow = defineProvider({
    ...provider,
    operations: {
      ...provider.operations,
      records: { ...records, window: { ...records.window, maxSeconds: WINDOW_MS / 1000 } },
    },
  });
  const clock = new ManualClock();
  const client = new CallRecordsClient<Provider>({ providers: [narrow], clock, retry: { attempts: 1 } });
  const store = new MemoryCheckpointStore();
  const table = new Map<string, number>();
  const pass = async (isolateFailures = true) => {
    const stream = client.sync({ from: new Date(FROM), store, isolateFailures });
    const changes: string[] = [];
    await stream.forEach((batch) => {
      changes.push(...named(batch.changes));
      for (const { record } of batch.changes) table.set(record.id, record.startedAt.getTime());
    });
    return { changes: changes.sort(), account: stream.report().accounts[0] };
  };
  const isComplete = async (at: number) =>
    (await client.coverage(store))[0]?.coverage.some(
      ({ from, to }) => Date.parse(from) <= at && at < Date.parse(to),
    ) === true;
  /** Returns the starts of calls that are within the coverage but not in the table. */
  const lost = async () => {
    const missing: number[] = [];
    for (const { callSerialNo, startTime } of vendor.rows)
      if ((await isComplete(startTime)) && table.get(callSerialNo) !== startTime) missing.push(startTime);
    return missing;
  };
  return { vendor, clock, client, pass, table, isComplete, lost };
}

/** The starts of two calls in windows that are not adjacent, but closer together than the margin by which windows are extended. */
const [MORNING, NIGHT] = [NOW - 5 * DAY + HOUR, NOW - 5 * DAY + 12.5 * HOUR];
const twins = () => [call("17", MORNING), call("17", NIGHT), call("18", NIGHT + MINUTE)];

describe("two calls with one id, hours apart, in windows that are not adjacent", () => {
  it.each(share(["start", "unknown"] as const, 1))(
    "are a conflict in one pass: the second is not delivered, and its interval is never complete (filtersOn %s)",
    async (filtersOn) => {
      const { clock, pass, table, isComplete, lost } = await openJob(twins(), filtersOn);
      const first = await pass();
      expect(first.changes).toEqual(["new 17", "new 18"]);
      expect(first.account?.error).toMatchObject({
        code: "incomplete",
        message: expect.stringContaining("the id 17 came with two different calls") as string,
      });
      expect(
        first.account?.gaps.some(
          ({ from, to, reason }) => reason === "incomplete" && Date.parse(from) <= NIGHT && NIGHT < Date.parse(to),
        ),
      ).toBe(true);
      for (let next = 0; next < extent(3, 6); next += 1) {
        clock.advance(next * HOUR);
        const later = await pass();
        expect(later.changes).toEqual([]);
        expect(later.account?.error).toMatchObject({ code: "incomplete" });
        expect([table.get("17"), await isComplete(NIGHT), await lost()]).toEqual([MORNING, false, []]);
      }
      if (filtersOn === "start") expect(await isComplete(MORNING)).toBe(true);
    },
  );

  it("cause an IncompleteError in each pass when failures are not isolated", async () => {
    const { pass, table, isComplete, lost } = await openJob(twins());
    for (let next = 0; next < 3; next += 1) {
      const error = await rejectionOf(pass(false));
      expect(error).toBeInstanceOf(IncompleteError);
      expect(error.message).toMatch(/the id 17 came with two different calls/);
      expect([table.get("17"), await isComplete(NIGHT), await lost()]).toEqual([MORNING, false, []]);
    }
  });

  it.each([
    ["the earlier one", (from: number) => from <= MORNING && MORNING < from + WINDOW_MS],
    ["the later one", (from: number) => from <= NIGHT && NIGHT < from + WINDOW_MS],
  ])(
    "are a conflict in two passes when the vendor may filter by another time than the start, and the window of %s fails in the first pass",
    async (_call, fails) => {
      const { vendor, pass, isComplete, lost } = await openJob(twins(), "unknown");
      vendor.fails = fails;
      await pass();
      vendor.fails = () => false;
      for (let next = 0; next < 4; next += 1) {
        const later = await pass();
        expect(later.account?.error).toMatchObject({ code: "incomplete" });
        expect(await lost()).toEqual([]);
      }
      expect((await isComplete(MORNING)) && (await isComplete(NIGHT))).toBe(false);
    },
  );

  it(
    "are a conflict within minutes of each other, in one window and then in its parts",
    { tags: ["slow"] },
    async () => {
      for (const distanceMs of share([2 * MINUTE, 20 * MINUTE, 2 * HOUR], 2)) {
        const at = FROM + 4 * WINDOW_MS + HOUR + 1000;
        const { pass, lost, isComplete } = await openJob([
          call("17", at),
          call("17", at + distanceMs),
          call("18", at + 30 * MINUTE),
        ]);
        for (let next = 0; next < 8; next += 1) {
          const { account } = await pass();
          expect(account?.error).toMatchObject({ code: "incomplete" });
          expect(await lost()).toEqual([]);
        }
        expect((await isComplete(at)) && (await isComplete(at + distanceMs))).toBe(false);
      }
    },
  );

  it("are a conflict within minutes of each other, at the bound of two windows, when the later window fails in the first pass", async () => {
    const bound = FROM + 4 * WINDOW_MS;
    const { vendor, pass, isComplete, lost } = await openJob([
      call("17", bound - 2 * MINUTE),
      call("17", bound + MINUTE),
    ]);
    vendor.fails = (from) => Math.abs(from - bound) < MINUTE;
    expect((await pass()).changes).toEqual(["new 17"]);
    vendor.fails = () => false;
    for (let next = 0; next < 4; next += 1) {
      expect((await pass()).account?.error).toMatchObject({ code: "incomplete" });
      expect(await lost()).toEqual([]);
    }
    expect(await isComplete(bound + MINUTE)).toBe(false);
  });

  it("are a conflict when the first is listed by its end, hours after its start, and the second is read in a later pass", async () => {
    const start = FROM + 3 * DAY + 3 * HOUR;
    const other = start - 30 * MINUTE;
    const { vendor, pass, isComplete, lost } = await openJob(
      [call("17", start, { endTime: start + 6.5 * HOUR }), call("17", other)],
      "unknown",
    );
    vendor.filtersOn = "endTime";
    vendor.fails = (from) => from <= start && start < from + WINDOW_MS;
    expect((await pass()).changes).toEqual(["new 17"]);
    vendor.fails = () => false;
    for (let next = 0; next < 4; next += 1) {
      const { account } = await pass();
      expect(await lost()).toEqual([]);
      // The report contains no more coverage than the checkpoint.
      expect(account?.coverage.some(({ from, to }) => Date.parse(from) <= start && start < Date.parse(to))).toBe(false);
    }
    expect((await pass()).account?.error).toMatchObject({ code: "incomplete" });
    expect((await isComplete(start)) && (await isComplete(other))).toBe(false);
  });

  it(
    "are a conflict when the first was read before, and becomes complete during the pass that reads the second",
    { tags: ["slow"] },
    async () => {
      const later = MORNING + 30 * HOUR;
      const { vendor, pass, table, isComplete, lost } = await openJob(
        [call("17", MORNING), call("17", later)],
        "unknown",
      );
      vendor.fails = (from) => from > MORNING;
      expect((await pass()).changes).toEqual(["new 17"]);
      vendor.fails = () => false;
      for (let next = 0; next < 2; next += 1) {
        expect(await pass()).toMatchObject({ changes: [], account: { error: { code: "incomplete" } } });
        expect([table.get("17"), await isComplete(MORNING), await isComplete(later), await lost()]).toEqual([
          MORNING,
          true,
          false,
          [],
        ]);
      }
    },
  );

  it("are a conflict when the second appears later, before either is settled", async () => {
    const [one, other] = [NOW - 20 * HOUR, NOW - 5 * HOUR];
    const { vendor, clock, pass, table, isComplete, lost } = await openJob([call("17", one)]);
    expect((await pass()).changes).toEqual(["new 17"]);
    vendor.rows.push(call("17", other));
    for (const hours of [1, 24, 24, 24, 24]) {
      clock.advance(hours * HOUR);
      expect((await pass()).account?.error).toMatchObject({ code: "incomplete" });
      expect(await lost()).toEqual([]);
    }
    expect(table.size).toBe(1);
    expect((await isComplete(one)) && (await isComplete(other))).toBe(false);
  });
});

describe("a start that the vendor corrects before it is settled", () => {
  it("is delivered as updated once, and everything becomes complete", async () => {
    const [before, after] = [NOW - 20 * HOUR, NOW - 13 * HOUR];
    const { vendor, clock, pass, table, isComplete } = await openJob([call("17", before)]);
    expect((await pass()).changes).toEqual(["new 17"]);
    vendor.rows = [call("17", after)];
    clock.advance(HOUR);
    expect(await pass()).toMatchObject({ changes: ["updated 17"], account: { status: "complete" } });
    vendor.rows = [call("17", after, { callData: "edited" })];
    clock.advance(HOUR);
    expect(await pass()).toMatchObject({ changes: ["updated 17"], account: { status: "complete" } });
    for (const days of [0, 2, 2]) {
      clock.advance(days * DAY);
      expect(await pass()).toMatchObject({ changes: [], account: { status: "complete" } });
    }
    expect([table.get("17"), await isComplete(before), await isComplete(after)]).toEqual([after, true, true]);
  });

  it("is delivered as updated each time when it is corrected back and forth", async () => {
    const [before, after] = [NOW - 20 * HOUR, NOW - 13 * HOUR];
    const { vendor, clock, pass, table } = await openJob([call("17", before)]);
    await pass();
    for (const start of [after, before, after, before]) {
      vendor.rows = [call("17", start)];
      clock.advance(MINUTE);
      expect(await pass()).toMatchObject({ changes: ["updated 17"], account: { status: "complete" } });
    }
    clock.advance(4 * DAY);
    expect(await pass()).toMatchObject({ changes: [], account: { status: "complete" } });
    expect(table.get("17")).toBe(before);
  });
});

describe("an id on both of Huawei's lists", () => {
  it("is a conflict when it belongs to two calls, hours apart", async () => {
    const { pass, isComplete, lost } = await openJob([call("17", MORNING), call("17", NIGHT, { taskType: "4" })]);
    for (let next = 0; next < 2; next += 1) {
      expect((await pass()).account?.error).toMatchObject({ code: "incomplete" });
      expect(await lost()).toEqual([]);
    }
    expect((await isComplete(MORNING)) && (await isComplete(NIGHT))).toBe(false);
  });
});
