import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CallRecordsClient, type ClientEvent } from "call-records";
import { acme, acmeCalls, AcmeVendor } from "../samples/acme.js";
import { DAY, HOUR, ManualClock, NOW } from "./stage.js";

const calls = acmeCalls(NOW);
const vendor = new AcmeVendor(calls);
const received: URL[] = [];
let endpoint = "";

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", endpoint);
  received.push(url);
  const { status, body } = vendor.response(url);
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server has no port.");
  endpoint = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe("a custom vendor", () => {
  it("with GET, next-page links, windows of whole days and a token in the query is read completely", async () => {
    const pages: (number | null)[] = [];
    const onEvent = (event: ClientEvent) => {
      if (event.type === "request") pages.push(event.page);
    };
    const client = new CallRecordsClient({ providers: [acme(endpoint)], clock: new ManualClock(), onEvent });
    const [from, to] = [new Date(NOW - 29.4 * DAY), new Date(NOW - 7.3 * DAY)];
    const expected = calls.filter(({ start }) => new Date(start) >= from && new Date(start) < to).map(({ sid }) => sid);
    expect(expected.length).toBeGreaterThan(1000);

    const stream = client.records({ from, to, order: "time" });
    expect((await stream.toArray({ max: 2000 })).map(({ id }) => id)).toEqual(expected);
    expect(stream.report().accounts).toMatchObject([
      { status: "complete", coverage: [{ from: from.toISOString(), to: to.toISOString() }], gaps: [] },
    ]);

    const windows = new Set(
      received
        .filter(({ pathname, searchParams }) => pathname === "/calls" && !searchParams.has("at"))
        .map(({ searchParams }) => `${searchParams.get("from")} ${searchParams.get("before")}`),
    );
    // The 22 days are read in windows of at most seven whole days. Each begins at the end of the previous one.
    expect([...windows].sort()).toEqual([
      "2026-10-21 2026-10-28",
      "2026-10-28 2026-11-04",
      "2026-11-04 2026-11-11",
      "2026-11-11 2026-11-13",
    ]);
    expect(vendor.tokensGiven).toBe(1);
    // A page that is read by cursor has no number.
    expect(new Set(pages)).toEqual(new Set([null]));
    await client.close();
  });

  it("supports token renewal, usage and capabilities like a built-in vendor", async () => {
    const client = new CallRecordsClient({ providers: [acme(endpoint)], clock: new ManualClock() });
    const [from, to] = [new Date(NOW - 20 * DAY), new Date(NOW - 20 * DAY + HOUR)];
    await client.usage({ from, to });
    vendor.tokensGiven += 1;
    const { summaries } = await client.usage({ from, to });
    expect(summaries).toMatchObject([
      {
        account: "acme",
        source: "records",
        complete: true,
        calls: { total: calls.filter(({ start }) => new Date(start) >= from && new Date(start) < to).length },
      },
    ]);
    expect(client.capabilities("acme")).toMatchObject({
      usage: { sources: ["records"] },
      activeCalls: null,
      findCall: null,
      records: { filters: ["to"], paging: { style: "cursor" } },
    });
    await client.close();
  });
});
