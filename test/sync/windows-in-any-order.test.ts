import { describe, expect, it } from "vitest";
import { CallRecordsClient, MemoryCheckpointStore, type Transport } from "call-records";
import { HttpTransport } from "../../src/engine/http/http-transport.js";
import { Random } from "../../src/testing/data/random.js";
import { callsAround } from "../client/edge-calls.js";
import { daysAgo, HOUR, huaweiAt, itniotechAt, ManualClock, openEmulator, tencentAt } from "../client/stage.js";
import { idsOf, within } from "../client/truth.js";
import { SEARCH, share } from "../search.js";
import { narrowed } from "../simulation/simulated-provider.js";

const from = daysAgo(6);
const to = daysAgo(4);
const WINDOW = 4 * HOUR;
const edges = Array.from({ length: 20 }, (_, index) => from.getTime() - 12 * HOUR + index * WINDOW);
const APPLICATION = 1_400_000_000;

/** Returns a transport that delays each response by a random time, so that windows end in another order than they begin. */
function withRandomDelays(seed: number): Transport {
  const http = new HttpTransport({ maxResponseBytes: 10_000_000, timeoutMs: 60_000 });
  const random = new Random(seed);
  return {
    load: () => http.load(),
    async send(request, signal, observer) {
      const response = await http.send(request, signal, observer);
      for (let turns = random.integer(0, 60); turns > 0; turns -= 1)
        await new Promise((resolve) => setImmediate(resolve));
      return response;
    },
  };
}

const OPTIONS = [
  { filtersOn: "start", windowEnd: "unknown", windowEdges: { start: "exclusive", end: "inclusive" } },
  { filtersOn: "start", windowEnd: "unknown", windowEdges: { start: "inclusive", end: "inclusive" } },
  { filtersOn: "start", windowEnd: "inclusive", windowEdges: { start: "inclusive", end: "inclusive" } },
  { filtersOn: "start", windowEnd: "exclusive", windowEdges: { start: "inclusive", end: "exclusive" } },
  { filtersOn: "unknown", windowEnd: "unknown", windowEdges: { start: "exclusive", end: "exclusive" } },
] as const;

describe("a sync whose windows end in any order", () => {
  it.each(share(OPTIONS, 1))(
    "delivers every call once, including calls at the bounds, with filtersOn $filtersOn, windowEnd $windowEnd, $windowEdges",
    { timeout: 60_000 },
    async ({ filtersOn, windowEnd, windowEdges }) => {
      const calls = {
        "tencent-ccc": callsAround("tencent-ccc", edges, [APPLICATION]),
        "huawei-cec": callsAround("huawei-cec", edges, []),
        itniotech: callsAround("itniotech", edges, []),
      };
      const emulator = await openEmulator({ callsPerDay: 0, activeCalls: 0, calls, windowEdges });
      const known = { filtersOn, windowEnd, settleSeconds: 0 };
      for (let seed = 1; seed <= SEARCH.windowOrders; seed += 1) {
        const narrow = { pageSize: 100, windowSeconds: WINDOW / 1000 + 1 };
        const providers = [
          narrowed(tencentAt(emulator, { ...known, sdkAppIds: [APPLICATION] }), narrow),
          narrowed(huaweiAt(emulator, known), narrow),
          narrowed(itniotechAt(emulator, known), narrow),
        ];
        const client = new CallRecordsClient({
          providers,
          clock: new ManualClock(),
          transport: withRandomDelays(seed),
        });
        const delivered: string[] = [];
        const store = new MemoryCheckpointStore();
        const stream = client.sync({ from, to, store });
        await stream.forEach(({ account, changes }) => {
          for (const { type, record } of changes) delivered.push(`${type} ${account} ${record.id}`);
        });
        expect(stream.report().accounts.map(({ status, coverage }) => [status, coverage])).toEqual(
          [0, 1, 2].map(() => ["complete", [{ from: from.toISOString(), to: to.toISOString() }]]),
        );
        const expected = (["tencent-ccc", "huawei-cec", "itniotech"] as const).flatMap((account) =>
          idsOf(within(emulator.truth[account].calls, from, to)).map((id) => `new ${account} ${id}`),
        );
        expect(expected.length).toBeGreaterThan(400);
        expect(delivered.sort()).toEqual(expected.sort());
        await client.close();
      }
    },
  );
});
