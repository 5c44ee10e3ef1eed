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
import { huaweiResponding, type Responder, serve } from "./scripted-vendor.js";
import { DAY, ManualClock, NOW, openClient, RATE as rate, rejectionOf } from "./stage.js";
import { extent, share } from "../search.js";

const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };

/** The behaviour of a vendor's search, which returns the rows of a window in pages. */
interface Search {
  /** Starts of the calls, in epoch milliseconds. */
  starts: readonly number[];
  /** The maximum number of rows that it serves. Default: all. */
  served?: number;
  /** Returns the total that it reports for a number of rows in the window. Default: that number. Null: it reports none. */
  total?: (rows: number) => number | null;
  /** The maximum number of rows on a page, whatever page size is requested. */
  pageCap?: number;
  /** How it responds to a page past the last row that it serves. */
  beyond?: "refuses" | "empty" | "last page again";
  /** Returns the rows of the repeated last page in the order in which they are sent. */
  shuffle?: (page: readonly { id: number; at: number }[]) => readonly { id: number; at: number }[];
}

const HUAWEI_REFUSAL = { body: { retCode: "4", retMsg: "offset" } };
const ITNIOTECH_REFUSAL = { body: { status: -21, reason: "parameter" } };

/** Returns a page of a search, or null if the page is refused. */
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
  limit: number,
): { total: number | null; page: readonly { id: number; at: number }[] } | null {
  const rows = starts.map((at, id) => ({ id, at })).filter(({ at }) => at >= window.from && at <= window.to);
  const given = rows.slice(0, served);
  const size = Math.min(limit, pageCap);
  const page = given.slice(offset, offset + size);
  if (page.length > 0 || given.length === 0) return { total: total(rows.length), page };
  if (beyond === "refuses") return null;
  return {
    total: total(rows.length),
    page: beyond === "empty" ? [] : shuffle(given.slice(Math.floor((given.length - 1) / size) * size)),
  };
}

interface CappedVendor {
  vendor: "huawei-cec" | "itniotech";
  provider: (endpoint: string, maxSearchRows?: number, concurrency?: number) => Provider;
  responding: (search: Search) => Responder;
}

const vendors: CappedVendor[] = [
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
    responding: (search) =>
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
    responding:
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
  { provider, responding }: CappedVendor,
  search: Search,
  query: Partial<RecordsQuery> = {},
  maxSearchRows?: number,
) {
  let requests = 0;
  const endpoint = await serve((request) => {
    requests += request.path.endsWith("tokenByAkSk") ? 0 : 1;
    return responding(search)(request);
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

/** Returns the starts of calls spread evenly over the range, in whole seconds. */
const spread = (count: number) =>
  Array.from({ length: count }, (_, index) => range.from.getTime() + Math.floor((index * DAY) / count / 1000) * 1000);
const whole = [{ from: range.from.toISOString(), to: range.to.toISOString() }];

function expectAll(records: readonly CallRecord[], report: AccountReport, count: number): void {
  expect(records.length).toBe(count);
  expect(new Set(records.map(({ id }) => id)).size).toBe(count);
  expect(report).toMatchObject({ status: "complete", coverage: whole, unsettled: [], gaps: [] });
}

describe.each(share(vendors, 1))("a search of $vendor that is capped", (vendor) => {
  const capped = (cap: number) => (rows: number) => Math.min(rows, cap);

  it.each(share(["refuses", "empty", "last page again"] as const, 1))(
    "at a round number of rows, and whose total is capped as well, is read completely (page past the end: %s)",
    async (beyond) => {
      const { records, report, requests } = await read(vendor, {
        starts: spread(1530),
        served: 1000,
        total: capped(1000),
        beyond,
      });
      expectAll(records, report, 1530);
      expect(requests).toBeLessThan(40);
    },
  );

  it.each(share(["refuses", "empty", "last page again"] as const, 1, 1))(
    "at a full page is read completely (page past the end: %s)",
    async (beyond) => {
      const { records, report } = await read(vendor, { starts: spread(730), served: 300, total: capped(300), beyond });
      expectAll(records, report, 730);
    },
  );

  it.each(share(["refuses", "empty", "last page again"] as const, 1, 2))(
    "below its true total is read completely (page past the end: %s)",
    async (beyond) => {
      const { records, report } = await read(vendor, { starts: spread(1530), served: 500, beyond });
      expectAll(records, report, 1530);
    },
  );

  it.each(share(["refuses", "empty", "last page again"] as const, 1))(
    "below its true total, with a partial last page, is read completely (page past the end: %s)",
    async (beyond) => {
      const { records, report, requests } = await read(vendor, { starts: spread(730), served: 333, beyond });
      expectAll(records, report, 730);
      expect(requests).toBeLessThan(200);
    },
  );

  it(
    "below its true total, with pages smaller than requested, is read completely if all its calls are close together",
    { tags: ["slow"] },
    async () => {
      const starts = Array.from({ length: 730 }, (_, index) => range.from.getTime() + index * 1000);
      const { records, report } = await read(vendor, { starts, served: 333, pageCap: 40 });
      expectAll(records, report, 730);
    },
  );

  it("at an undetectable number of rows is read completely if `maxSearchRows` states it", async () => {
    const search = { starts: spread(730), served: 333, total: capped(333) };
    expect((await read(vendor, search)).records.length).toBe(333);
    const { records, report } = await read(vendor, search, {}, 333);
    expectAll(records, report, 730);
  });

  it("only in its total is read completely", async () => {
    const { records, report, requests } = await read(vendor, { starts: spread(1530), total: capped(999) });
    expectAll(records, report, 1530);
    expect(requests).toBeLessThan(60);
  });

  it.each(share(["refuses", "empty"] as const, 1, 1))(
    "without a total is read completely (page past the end: %s)",
    async (beyond) => {
      const { records, report } = await read(vendor, { starts: spread(730), served: 300, total: () => null, beyond });
      expect(records.length).toBe(730);
      expect(report.gaps).toEqual([]);
    },
  );

  it("within the smallest window is unverified, and a warning states the reason", async () => {
    const starts = Array.from({ length: 400 }, () => range.from.getTime() + 3_600_000);
    const { records, report, warnings } = await read(vendor, { starts, served: 300, total: capped(300) });
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

  it("below the calls of the smallest window, with a refused page, causes an IncompleteError or a gap", async () => {
    const at = range.from.getTime() + 3_600_000;
    const search = { starts: Array.from({ length: 400 }, () => at), served: 300, beyond: "refuses" } as const;
    const error = await rejectionOf(read(vendor, search));
    expect(error).toBeInstanceOf(IncompleteError);
    expect(error.message).toContain("the vendor counts 400 rows, refuses a page after 300 rows");
    const { records, report } = await read(vendor, search, { isolateFailures: true });
    expect(records.length).toBe(300);
    expect(report).toMatchObject({ status: "partial", gaps: [{ reason: "incomplete" }] });
  });

  it("in every window is given up after a bounded number of requests", { tags: ["slow"] }, async () => {
    const count = extent(500, 4000);
    const { report, requests } = await read(
      vendor,
      { starts: spread(count), served: 100, total: () => 1000 },
      { isolateFailures: true },
    );
    expect(report.coverage).toEqual([]);
    expect(requests).toBeLessThan(extent(2000, 4000));
  });
});

describe.each(share(vendors, 1, 1))("a total of $vendor that is too large in every window", (vendor) => {
  it.each(share([130, 730], 1))("causes an IncompleteError after few requests (%i calls)", async (count) => {
    let requests = 0;
    const counting: CappedVendor = {
      ...vendor,
      responding: (search) => (body) => {
        requests += 1;
        return vendor.responding(search)(body);
      },
    };
    const search = { starts: spread(count), total: (rows: number) => (rows === 0 ? 0 : rows + 1) };
    expect(await rejectionOf(read(counting, search))).toBeInstanceOf(IncompleteError);
    expect(requests).toBeLessThan(120);
    const { records, report, requests: isolated } = await read(vendor, search, { isolateFailures: true });
    expect(records.length).toBe(count);
    expect(report).toMatchObject({ status: "partial", coverage: [], gaps: [{ reason: "incomplete" }] });
    expect(isolated).toBeLessThan(200);
  });
});

describe.each(share(vendors, 1))("a window of $vendor that is read in parts", (vendor) => {
  it("is unverified if its total exceeds the rows of its parts", async () => {
    const starts = spread(1530);
    // The window of a whole day reports 2,000 calls. Its parts contain 1,530.
    const total = (rows: number) => (rows === 1530 ? 2000 : rows);
    const error = await rejectionOf(read(vendor, { starts, total }));
    expect(error).toBeInstanceOf(IncompleteError);
    expect(error.message).toContain("2000 rows in it, and its parts hold 1530");
    const { records, report } = await read(vendor, { starts, total }, { isolateFailures: true });
    expect(records.length).toBe(1530);
    expect(report).toMatchObject({ status: "partial", coverage: [], gaps: [{ reason: "incomplete" }] });
  });

  it.each([1530, 1600])(
    "fails alone if a refused page shows that its parts hold too little (%i calls)",
    async (count) => {
      // Only a whole day has a total, and the page after the last row of each part is refused.
      const total = (rows: number) => (rows === count ? 2000 : null);
      const search: Search = { starts: spread(count), total, beyond: "refuses" };
      const { records, report } = await read(vendor, search, { isolateFailures: true });
      expect(records.length).toBe(count);
      expect(report).toMatchObject({ status: "partial", coverage: [], gaps: [{ reason: "incomplete" }] });
    },
  );

  it.each(
    share(
      [
        [1440, 300],
        [1800, 300],
        [1800, 100],
        [7200, 300],
      ] as const,
      2,
    ),
  )("is complete if calls lie on the bounds of its parts: %i calls, %i served per search", async (count, served) => {
    const { records, report } = await read(vendor, { starts: spread(count), served });
    expectAll(records, report, count);
  });

  it.each([1, 4])(
    "is incomplete if its parts lack one call, even if others lie on their bounds (concurrency %i)",
    async (concurrency) => {
      const starts = spread(1440);
      const isWhole = (rows: number) => rows === 1440;
      const error = await rejectionOf(
        read(
          { ...vendor, provider: (endpoint) => vendor.provider(endpoint, undefined, concurrency) },
          { starts, served: 300, total: (rows) => (isWhole(rows) ? 1441 : rows) },
        ),
      );
      expect(error.message).toContain("1441 rows in it, and its parts hold 1440");
    },
  );

  it("counts a call on a bound of its parts once", async () => {
    const starts = spread(1000);
    const { records, report } = await read(vendor, { starts: [...starts, range.from.getTime() + DAY / 2] }, {});
    expectAll(records, report, 1001);
  });
});

describe.each(vendors)("a list of $vendor that has rows but a total of 0", (vendor) => {
  it("is read to its end", async () => {
    const { records, report } = await read(vendor, { starts: spread(250), total: () => 0 });
    expectAll(records, report, 250);
  });
});

/** Huawei's list, changed to paging by cursor. */
const byCursor: CappedVendor = {
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
  responding: (search) =>
    huaweiResponding((request) => {
      const listAt = (offset: number) =>
        vendors[0]?.responding(search)({ ...request, body: { ...request.body, offset } }).body as {
          result: { callInfo: unknown[] };
        };
      const page = listAt(Number(request.body.offset));
      const end = Number(request.body.offset) + page.result.callInfo.length;
      return { body: { ...page, next: listAt(end).result.callInfo.length === 0 ? null : `${end}` } };
    }),
};

describe("a list by cursor whose total is capped", () => {
  it.each([
    ["full pages", 300, 100],
    ["pages smaller than requested", 280, 70],
  ])("is read completely if it ends with %s", async (_, cap, pageCap) => {
    const { records, report } = await read(byCursor, {
      starts: spread(730),
      served: cap,
      pageCap,
      total: (rows) => Math.min(rows, cap),
    });
    expectAll(records, report, 730);
  });
});

describe.each(share(vendors, 1, 1))("a list of $vendor without a total that is capped", (vendor) => {
  it("at a round number of rows, or at `maxSearchRows`, is read completely", async () => {
    const { records } = await read(vendor, { starts: spread(1530), served: 1000, total: () => null });
    expect(records.length).toBe(1530);
    const named = await read(vendor, { starts: spread(730), served: 333, total: () => null }, {}, 333);
    expect(named.records.length).toBe(730);
  });

  it.each(share([50, 100, 250], 1))(
    "and repeats its last page after %i rows, in any order, is read but its end is not verified",
    async (count) => {
      let turn = 0;
      const { records, report, requests, warnings } = await read(vendor, {
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
