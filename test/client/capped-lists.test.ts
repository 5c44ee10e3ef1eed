import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  type AccountReport,
  type CallRecord,
  type ClientEvent,
  huaweiCec,
  IncompleteError,
  itniotech,
  type Provider,
  type RecordsQuery,
} from "call-records";
import { defineProvider } from "call-records/adapter";
import { type Response, huaweiResponding, serve } from "./scripted-vendor.js";
import { DAY, ManualClock, NOW, openClient, RATE as rate, rejectionOf } from "./stage.js";

const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };

/** A search of a vendor: the rows of a window, in pages. */
interface Search {
  /** Starts of the calls, in epoch milliseconds. */
  starts: readonly number[];
  /** The most rows that it serves; default all. */
  served?: number;
  /** The total that it reports, of the rows in the window; default their number. Null: none. */
  total?: (rows: number) => number | null;
  /** The most rows on a page, whatever is asked for. */
  pageCap?: number;
  /** How it answers a page behind the last row that it serves. */
  beyond?: "refuses" | "empty" | "last page again";
  /** In which order it gives the last page again. */
  shuffle?: (page: readonly { id: number; at: number }[]) => readonly { id: number; at: number }[];
}

const HUAWEI_REFUSAL = { body: { retCode: "4", retMsg: "offset" } };
const ITNIOTECH_REFUSAL = { body: { status: -21, reason: "parameter" } };

/** The part of a search that a page is of; null where the page is refused. */
function pageOf(
  {
    starts,
    served = Number.POSITIVE_INFINITY,
    pageCap = Number.POSITIVE_INFINITY,
    total = (rows) => rows,
    beyond = "empty",
    shuffle = (page) => page,
  }: Search,
  window: { from: number; to: number },
  offset: number,
  asked: number,
): { total: number | null; page: readonly { id: number; at: number }[] } | null {
  const rows = starts.map((at, id) => ({ id, at })).filter(({ at }) => at >= window.from && at <= window.to);
  const given = rows.slice(0, served);
  const size = Math.min(asked, pageCap);
  const page = given.slice(offset, offset + size);
  if (page.length > 0 || given.length === 0) return { total: total(rows.length), page };
  if (beyond === "refuses") return null;
  return {
    total: total(rows.length),
    page: beyond === "empty" ? [] : shuffle(given.slice(Math.floor((given.length - 1) / size) * size)),
  };
}

interface Asked {
  vendor: "huawei-cec" | "itniotech";
  provider: (endpoint: string, maxSearchRows?: number, concurrency?: number) => Provider;
  answering: (search: Search) => Response;
}

const vendors: Asked[] = [
  {
    vendor: "huawei-cec",
    provider: (endpoint, maxSearchRows, concurrency = 4) =>
      huaweiCec({
        appKey: "key",
        appSecret: "secret-of-huawei",
        endpoint,
        rate: { ...rate, concurrency },
        maxSearchRows,
      }),
    answering: (search) =>
      huaweiResponding(({ body }) => {
        const own = body.taskType === "0" ? search : { ...search, starts: [] };
        const found = pageOf(
          own,
          { from: Number(body.startTime), to: Number(body.endTime) },
          Number(body.offset),
          Number(body.limit),
        );
        if (found === null) return HUAWEI_REFUSAL;
        const callInfo = found.page.map(({ id, at }) => ({
          callSerialNo: `${id}`,
          startTime: at,
          endTime: at + 1000,
          state: 3,
          reasonCode: 5,
        }));
        return {
          body: {
            retCode: "0",
            retMsg: "",
            result: { ...(found.total === null ? {} : { total: found.total }), callInfo },
          },
        };
      }),
  },
  {
    vendor: "itniotech",
    provider: (endpoint, maxSearchRows, concurrency = 4) =>
      itniotech({
        apiKey: "key",
        apiSecret: "secret-of-itniotech",
        endpoint,
        rate: { ...rate, concurrency },
        timeZone: "UTC",
        maxSearchRows,
      }),
    answering:
      (search) =>
      ({ body }) => {
        const { startTime, endTime } = body.params as { startTime: string; endTime: string };
        const window = {
          from: Date.parse(`${startTime.replace(" ", "T")}Z`),
          to: Date.parse(`${endTime.replace(" ", "T")}Z`),
        };
        const found = pageOf(search, window, (Number(body.current) - 1) * Number(body.size), Number(body.size));
        if (found === null) return ITNIOTECH_REFUSAL;
        const records = found.page.map(({ id, at }) => ({
          keyId: `${id}`,
          callStartTime: new Date(at).toISOString().slice(0, 19).replace("T", " "),
          callType: 3,
          hangupReason: 0,
        }));
        return {
          body: {
            status: 0,
            reason: "success",
            data: { ...(found.total === null ? {} : { total: found.total }), records },
          },
        };
      },
  },
];

async function read(
  { provider, answering }: Asked,
  search: Search,
  query: Partial<RecordsQuery> = {},
  maxSearchRows?: number,
) {
  let requests = 0;
  const endpoint = await serve((asked) => {
    requests += asked.path.endsWith("tokenByAkSk") ? 0 : 1;
    return answering(search)(asked);
  });
  const events: ClientEvent[] = [];
  const client = openClient({
    providers: [provider(endpoint, maxSearchRows) as never],
    clock: new ManualClock(),
    onEvent: (event) => events.push(event),
  });
  const stream = client.records({ ...range, ...query });
  const records = await stream.toArray({ max: 100_000 });
  const [report] = stream.report().accounts;
  if (report === undefined) throw new TypeError("There is no report.");
  return {
    records,
    report,
    requests,
    warnings: events.flatMap((event) => (event.type === "warning" ? [event.message] : [])),
  };
}

/** Calls spread over the range, in whole seconds. */
const spread = (count: number) =>
  Array.from({ length: count }, (_, index) => range.from.getTime() + Math.floor((index * DAY) / count / 1000) * 1000);
const whole = [{ from: range.from.toISOString(), to: range.to.toISOString() }];

function expectAll(records: readonly CallRecord[], report: AccountReport, count: number): void {
  expect(records.length).toBe(count);
  expect(new Set(records.map(({ id }) => id)).size).toBe(count);
  expect(report).toMatchObject({ status: "complete", coverage: whole, unsettled: [], gaps: [] });
}

describe.each(vendors)("a search of $vendor that is capped", (asked) => {
  const capped = (cap: number) => (rows: number) => Math.min(rows, cap);

  it.each(["refuses", "empty", "last page again"] as const)(
    "at a round number of rows, which its total does not exceed, is read whole where a page beyond is: %s",
    async (beyond) => {
      const { records, report, requests } = await read(asked, {
        starts: spread(1530),
        served: 1000,
        total: capped(1000),
        beyond,
      });
      expectAll(records, report, 1530);
      expect(requests).toBeLessThan(40);
    },
  );

  it.each(["refuses", "empty", "last page again"] as const)(
    "at whole pages is read whole where a page beyond is: %s",
    async (beyond) => {
      const { records, report } = await read(asked, { starts: spread(730), served: 300, total: capped(300), beyond });
      expectAll(records, report, 730);
    },
  );

  it.each(["refuses", "empty", "last page again"] as const)(
    "below its true total is read whole where a page beyond is: %s",
    async (beyond) => {
      const { records, report } = await read(asked, { starts: spread(1530), served: 500, beyond });
      expectAll(records, report, 1530);
    },
  );

  it.each(["refuses", "empty", "last page again"] as const)(
    "below its true total, with a last page that is not full, is read whole where a page beyond is: %s",
    async (beyond) => {
      const { records, report, requests } = await read(asked, { starts: spread(730), served: 333, beyond });
      expectAll(records, report, 730);
      expect(requests).toBeLessThan(200);
    },
  );

  it("below its true total, in pages smaller than asked for, is read whole where all of its calls lie close together", async () => {
    const starts = Array.from({ length: 730 }, (_, index) => range.from.getTime() + index * 1000);
    const { records, report } = await read(asked, { starts, served: 333, pageCap: 40 });
    expectAll(records, report, 730);
  });

  it("at a number of rows that shows in nothing is read whole where the option names it", async () => {
    const search = { starts: spread(730), served: 333, total: capped(333) };
    expect((await read(asked, search)).records.length).toBe(333);
    const { records, report } = await read(asked, search, {}, 333);
    expectAll(records, report, 730);
  });

  it("in its count only is read whole", async () => {
    const { records, report, requests } = await read(asked, { starts: spread(1530), total: capped(999) });
    expectAll(records, report, 1530);
    expect(requests).toBeLessThan(60);
  });

  it.each(["refuses", "empty"] as const)("without a total is read whole where a page beyond is: %s", async (beyond) => {
    const { records, report } = await read(asked, { starts: spread(730), served: 300, total: () => null, beyond });
    expect(records.length).toBe(730);
    expect(report.gaps).toEqual([]);
  });

  it("within one unit of its windows is unverified, and a warning says why", async () => {
    const starts = Array.from({ length: 400 }, () => range.from.getTime() + 3_600_000);
    const { records, report, warnings } = await read(asked, { starts, served: 300, total: capped(300) });
    expect(records.length).toBe(300);
    expect(
      report.coverage.some(({ from, to }) => Date.parse(from) <= (starts[0] ?? 0) && (starts[0] ?? 0) < Date.parse(to)),
    ).toBe(false);
    expect(
      warnings.some((message) =>
        message.includes("its end is not verified: the list ends after 300 rows with a full page"),
      ),
    ).toBe(true);
  });

  it("in every window, whatever is asked for, is not asked for all of them", async () => {
    const { report, requests } = await read(
      asked,
      { starts: spread(4000), served: 100, total: () => 1000 },
      { isolateFailures: true },
    );
    expect(report.coverage).toEqual([]);
    expect(requests).toBeLessThan(4000);
  });
});

describe.each(vendors)("a total of $vendor that is too large in every window", (asked) => {
  it.each([130, 730])("is an IncompleteError after few requests (%i calls)", async (count) => {
    let requests = 0;
    const counting: Asked = {
      ...asked,
      answering: (search) => (body) => {
        requests += 1;
        return asked.answering(search)(body);
      },
    };
    const search = { starts: spread(count), total: (rows: number) => (rows === 0 ? 0 : rows + 1) };
    expect(await rejectionOf(read(counting, search))).toBeInstanceOf(IncompleteError);
    expect(requests).toBeLessThan(120);
    const { records, report, requests: isolated } = await read(asked, search, { isolateFailures: true });
    expect(records.length).toBe(count);
    expect(report).toMatchObject({ status: "partial", coverage: [], gaps: [{ reason: "incomplete" }] });
    expect(isolated).toBeLessThan(200);
  });
});

describe.each(vendors)("a window of $vendor that is read in parts", (asked) => {
  it("does not verify what it announced and its parts do not hold", async () => {
    const starts = spread(1530);
    // A whole day has 2,000 calls, by its own count; its parts hold 1,530.
    const total = (rows: number) => (rows === 1530 ? 2000 : rows);
    const error = await rejectionOf(read(asked, { starts, total }));
    expect(error).toBeInstanceOf(IncompleteError);
    expect(error.message).toContain("2000 rows in it, and its parts hold 1530");
    const { records, report } = await read(asked, { starts, total }, { isolateFailures: true });
    expect(records.length).toBe(1530);
    expect(report).toMatchObject({ status: "partial", coverage: [], gaps: [{ reason: "incomplete" }] });
  });

  it.each([
    [1440, 300],
    [1800, 300],
    [1800, 100],
    [7200, 300],
  ])("adds up where its calls lie on the bounds of parts: %i calls, %i served of one search", async (count, served) => {
    const { records, report } = await read(asked, { starts: spread(count), served });
    expectAll(records, report, count);
  });

  it.each([1, 4])(
    "shows every call that its parts lack, also where others lie on their bounds (%i at once)",
    async (concurrency) => {
      const starts = spread(1440);
      const isWhole = (rows: number) => rows === 1440;
      const error = await rejectionOf(
        read(
          { ...asked, provider: (endpoint) => asked.provider(endpoint, undefined, concurrency) },
          { starts, served: 300, total: (rows) => (isWhole(rows) ? 1441 : rows) },
        ),
      );
      expect(error.message).toContain("1441 rows in it, and its parts hold 1440");
    },
  );

  it("counts a call on a bound of its parts once", async () => {
    const starts = spread(1000);
    const { records, report } = await read(asked, { starts: [...starts, range.from.getTime() + DAY / 2] }, {});
    expectAll(records, report, 1001);
  });
});

describe.each(vendors)("a list of $vendor with a total of 0 beside its rows", (asked) => {
  it("is read to its end", async () => {
    const { records, report } = await read(asked, { starts: spread(250), total: () => 0 });
    expectAll(records, report, 250);
  });
});

/** Huawei's list as one that is read by cursor. */
const byCursor: Asked = {
  vendor: "huawei-cec",
  provider: (endpoint) => {
    const provider = huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate });
    const { records } = provider.operations;
    const list: typeof records = {
      ...records,
      paging: { style: "cursor", size: 100, total: true },
      request: (query) =>
        records.request({ ...query, page: { ...query.page, offset: Number(query.page.cursor ?? 0) } }),
      responseSchema: z
        .looseObject({ next: z.string().nullish() })
        .transform((body) => ({ ...records.responseSchema.parse(body), next: body.next ?? null })),
    };
    return defineProvider({ ...provider, operations: { ...provider.operations, records: list } });
  },
  answering: (search) =>
    huaweiResponding((asked) => {
      const listAt = (offset: number) =>
        vendors[0]?.answering(search)({ ...asked, body: { ...asked.body, offset } }).body as {
          result: { callInfo: unknown[] };
        };
      const page = listAt(Number(asked.body.offset));
      const end = Number(asked.body.offset) + page.result.callInfo.length;
      return { body: { ...page, next: listAt(end).result.callInfo.length === 0 ? null : `${end}` } };
    }),
};

describe("a list by cursor of which the total does not exceed a cap", () => {
  it.each([
    ["full pages", 300, 100],
    ["pages smaller than asked for", 280, 70],
  ])("is read whole where it ends with %s", async (_, cap, pageCap) => {
    const { records, report } = await read(byCursor, {
      starts: spread(730),
      served: cap,
      pageCap,
      total: (rows) => Math.min(rows, cap),
    });
    expectAll(records, report, 730);
  });
});

describe.each(vendors)("a list of $vendor without a total that is capped", (asked) => {
  it("at a round number of rows, or at the number that the option names, is read whole", async () => {
    const { records } = await read(asked, { starts: spread(1530), served: 1000, total: () => null });
    expect(records.length).toBe(1530);
    const named = await read(asked, { starts: spread(730), served: 333, total: () => null }, {}, 333);
    expect(named.records.length).toBe(730);
  });

  it.each([50, 100, 250])(
    "that gives its last page again behind %i rows, in any order, is read and unsettled",
    async (count) => {
      let turn = 0;
      const { records, report, requests, warnings } = await read(asked, {
        starts: spread(count),
        total: () => null,
        beyond: "last page again",
        shuffle: (page) => (turn++ % 2 === 0 ? page.toReversed() : page),
      });
      expect(records.length).toBe(count);
      expect(report).toMatchObject({ status: "complete", gaps: [] });
      expect(warnings.join()).toContain("its end is not verified");
      expect(requests).toBeLessThan(300);
    },
  );
});
