import { describe, expect, it } from "vitest";
import { CallRecordsClient, type Provider, ResponseError } from "call-records";
import { acme, acmeCalls, AcmeVendor } from "../samples/acme.js";
import { DAY, ManualClock, NOW, rejectionOf } from "./stage.js";

const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };

/** Opens a client whose provider has one broken part. Its vendor needs no sockets. */
function openBroken(change: (provider: Provider) => Partial<Provider["operations"]["records"]>) {
  const vendor = new AcmeVendor(acmeCalls(NOW));
  const provider: Provider = acme("https://api.acme.example");
  const records = { ...provider.operations.records, ...change(provider) };
  const transport = {
    send: ({ url }: { url: string }) => {
      const { status, body } = vendor.response(new URL(url));
      return Promise.resolve({ status, headers: {}, text: JSON.stringify(body) });
    },
  };
  return new CallRecordsClient({
    providers: [{ ...provider, operations: { records } }],
    transport,
    clock: new ManualClock(),
  });
}

const fail = () => {
  throw new RangeError("a mistake in the adapter");
};

// TypeScript rejects the last four. Plain JavaScript can return such values.
const broken: [string, Partial<Provider["operations"]["records"]>][] = [
  ["request that throws", { request: fail }],
  ["key that throws", { key: fail }],
  ["map that throws", { map: fail }],
  ["map that returns nothing", { map: (() => undefined) as never }],
  ["map without a start", { map: (() => ({})) as never }],
  ["map without legs", { map: (() => ({ id: "1", startedAt: range.from, direction: "inbound" })) as never }],
  ["start that is an invalid date", { map: (() => ({ id: "1", startedAt: new Date(Number.NaN) })) as never }],
];

describe("an adapter with a", () => {
  it.each(broken)("%s causes a ResponseError that names the adapter", async (_what, change) => {
    const error = await rejectionOf(
      openBroken(() => change)
        .records(range)
        .toArray({ max: 1000 }),
    );
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ provider: "acme", account: "acme", retryable: false });
    expect(error.message).toContain("adapter");
  });

  it("map that throws for one row loses only that row if unreadable rows are reported", async () => {
    const client = openBroken(({ operations: { records } }) => ({
      map: (row, context) => (records.key(row) === "CA510" ? fail() : records.map(row, context)),
    }));
    const stream = client.records({ ...range, unreadableRows: "report" });
    expect((await stream.toArray({ max: 1000 })).length).toBe(49);
    expect(stream.report().accounts).toMatchObject([{ unreadable: 1, gaps: [{ reason: "unreadable" }] }]);
  });

  it("list without partitions is rejected when `records` is called", async () => {
    const client = openBroken(() => ({ partitions: () => [] }));
    expect(() => client.records(range)).toThrow("`partitions`");
    await client.close();
  });
});
