import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type BuiltInProvider,
  CheckpointError,
  type CheckpointParts,
  type CallRecordsClient,
  type JsonValue,
  MemoryCheckpointStore,
  type SyncCheckpoint,
} from "call-records";
import { daysAgo, HOUR, NOW, openStage, rejectionOf, type Stage } from "../client/stage.js";
import { named, passOf } from "./pass.js";

const from = daysAgo(20);
const accounts = ["huawei-cec"];
/** As the first version has written it: every later one must go on from it. */
const VERSION_1 = JSON.parse(readFileSync(new URL("./checkpoint-v1.json", import.meta.url), "utf8")) as SyncCheckpoint;

/** The same of the vendor of this test, which has an address of its own each time. */
const VERSION_1_HERE = (): SyncCheckpoint => ({
  ...VERSION_1,
  identity: {
    endpoint: stage.emulator.endpoints["huawei-cec"],
    publicKeyHash: VERSION_1.identity?.publicKeyHash ?? null,
  },
});

let stage: Stage;
let client: CallRecordsClient<BuiltInProvider>;

beforeAll(async () => {
  const calls = [
    { id: "1", startedAt: daysAgo(10) },
    { id: "2", startedAt: new Date(NOW - HOUR) },
  ];
  stage = await openStage({ emulator: { callsPerDay: 0, activeCalls: 0, calls: { "huawei-cec": calls } } });
  client = stage.client;
});

describe("a checkpoint of version 1", () => {
  it("is what this version writes", async () => {
    const stream = client.sync({ from, checkpoint: null, accounts });
    for await (const batch of stream) await batch.commit();
    expect(stream.checkpoints()).toEqual([VERSION_1_HERE()]);
  });

  it("is gone on from", async () => {
    expect((await passOf(client, { from, checkpoint: VERSION_1_HERE(), accounts })).changes).toEqual([]);
    expect(
      named(
        (await passOf(client, { from, checkpoint: { ...VERSION_1_HERE(), unsettledHashes: {} }, accounts })).changes,
      ),
    ).toEqual(["new 2"]);
  });
});

describe("a checkpoint that cannot be used", () => {
  const change = (fields: object) => ({ ...VERSION_1, ...fields });

  it.each<[string, object, string]>([
    [
      "of a later version",
      change({ version: 2 }),
      "was written by a later version of call-records: its format is 2, and this one reads up to 1. Update call-records",
    ],
    ["of no version", change({ version: "one" }), "`version` is unknown"],
    ["of another format", change({ format: "another" }), "was not written by this library"],
    ["of another vendor", change({ provider: "itniotech" }), "belongs to the account `huawei-cec` at itniotech"],
    [
      "with an interval in reverse",
      change({ abandoned: [{ from: "2026-10-31T04:00:00.000Z", to: "2026-10-30T04:00:00.000Z" }] }),
      "`abandoned.0`: must end after it begins",
    ],
    [
      "with an instant that is none",
      change({ requested: [{ from: "yesterday", to: "2026-10-30T04:00:00.000Z" }] }),
      "`requested.0.from`: must be an instant",
    ],
    ["without its tail", change({ unsettledHashes: undefined }), "is damaged"],
    [
      "with a line of its tail cut off",
      change({ unsettledHashes: { "@2026-11-20T03:00:00.000Z": ["0WPrPC"] } }),
      "`unsettledHashes.@2026-11-20T03:00:00.000Z.0`: must be a hash and a key",
    ],
    [
      "with a segment of no time",
      change({ unsettledHashes: { "1400000000": [] } }),
      "`unsettledHashes`: its segments must be named by application and time",
    ],
    ["with more than there should be", change({ extra: 1 }), "unknown field `extra`"],
  ])("is refused, with what to do: %s", async (_what, checkpoint, rule) => {
    const error = await rejectionOf(passOf(client, { from, checkpoint: checkpoint as SyncCheckpoint, accounts }));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error).toMatchObject({ account: "huawei-cec", provider: "huawei-cec", code: "checkpoint" });
    expect(error.message).toContain(rule);
    expect(error.message).toMatch(/not been changed/);
    expect(await rejectionOf(client.coverage(checkpoint as SyncCheckpoint, { accounts }))).toBeInstanceOf(
      CheckpointError,
    );
  });

  it("is refused or read, and nothing else, whatever has become of it", async () => {
    const text = JSON.stringify(VERSION_1);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length - 1),
        fc.string({ unit: "grapheme-ascii", maxLength: 3 }),
        fc.nat(5),
        async (at, put, without) => {
          let damaged: unknown;
          try {
            damaged = JSON.parse(text.slice(0, at) + put + text.slice(at + without));
          } catch {
            return;
          }
          const outcome = await Promise.resolve()
            .then(() => client.coverage(damaged as SyncCheckpoint, { accounts }))
            .then(
              () => "read",
              (error: unknown) => error,
            );
          if (outcome !== "read")
            expect(outcome).toMatchObject({ code: expect.stringMatching(/^(checkpoint|request)$/) as string });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("is never overwritten in a store", async () => {
    const store = new MemoryCheckpointStore();
    const parts: Record<string, JsonValue> = {
      head: { format: "another" },
      "@2026-11-20T03:00:00.000Z": ["8KtnIWTlnu8q 2"],
    };
    await store.save("huawei-cec", parts);
    const error = await rejectionOf(passOf(client, { from, store, accounts }));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(await store.load("huawei-cec")).toEqual(parts);
    // Its lock has been given back.
    await (
      await store.lock("huawei-cec")
    )();
  });

  it("is refused where a store has lost a part of it", async () => {
    const store = new MemoryCheckpointStore();
    await passOf(client, { from, store, accounts });
    await store.save("huawei-cec", { "@2026-11-20T03:00:00.000Z": null });
    const error = await rejectionOf(passOf(client, { from, store, accounts }));
    expect(error.message).toContain("contains 0 segments of hashes, and should contain 1");
  });

  it("is refused where a store in plain JavaScript answers no parts", async () => {
    const store = {
      load: () => Promise.resolve(null as unknown as CheckpointParts),
      save: () => Promise.resolve(),
      lock: () => Promise.resolve(() => Promise.resolve()),
    };
    const error = await rejectionOf(passOf(client, { from, store, accounts }));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toContain("`load` must return an object of parts");
  });

  it("of one account leaves the others alone where failures are isolated", async () => {
    const store = new MemoryCheckpointStore();
    await store.save("huawei-cec", { head: "damaged" });
    const { report } = await passOf(client, { from, store, isolateFailures: true });
    expect(report.accounts.map(({ account, status, error }) => [account, status, error?.code])).toEqual([
      ["tencent-ccc", "complete", undefined],
      ["huawei-cec", "failed", "checkpoint"],
      ["itniotech", "complete", undefined],
    ]);
  });
});

describe("the size of a checkpoint", () => {
  const sizeAfter = async (days: number) => {
    const { client: reader } = await openStage({ emulator: { days: days + 1, callsPerDay: 60, seed: 7 } });
    const stream = reader.sync({ from: daysAgo(days), checkpoint: null, accounts: ["itniotech"] });
    for await (const batch of stream) await batch.commit();
    return JSON.stringify(stream.checkpoints()).length;
  };

  it("is that of what may still change, however long the history", async () => {
    const [short, long] = [await sizeAfter(6), await sizeAfter(80)];
    expect(long / short).toBeLessThan(1.2);
  });

  it("is saved once: each later commit writes what has changed", async () => {
    const { client: reader, clock } = await openStage({
      emulator: { days: 10, callsPerDay: 600, seed: 7, activeCalls: 0 },
    });
    const store = new MemoryCheckpointStore();
    const written: number[] = [];
    const counting = {
      load: (account: string) => store.load(account),
      lock: (account: string) => store.lock(account),
      save: (account: string, changes: Readonly<Record<string, JsonValue | null>>) => {
        written.push(JSON.stringify(changes).length);
        return store.save(account, changes);
      },
    };
    const query = { from: daysAgo(8), store: counting, accounts: ["itniotech"] };
    await passOf(reader, query);
    const whole = JSON.stringify(await store.load("itniotech")).length;
    written.length = 0;
    clock.advance(5 * 60_000);
    await passOf(reader, query);
    expect(whole).toBeGreaterThan(20_000);
    expect(written.reduce((sum, size) => sum + size, 0)).toBeLessThan(3_000);
  });
});
