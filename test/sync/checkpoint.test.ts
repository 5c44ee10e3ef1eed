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
import { runs } from "../search.js";

const from = daysAgo(20);
const accounts = ["huawei-cec"];
/** A checkpoint as version 1 of the format writes it. Every later version must continue from it. */
const VERSION_1 = JSON.parse(readFileSync(new URL("./checkpoint-v1.json", import.meta.url), "utf8")) as SyncCheckpoint;

/** Returns the same checkpoint with the endpoint of this test's vendor, which differs in each run. */
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
  it("is the one that this version writes", async () => {
    const stream = client.sync({ from, checkpoint: null, accounts });
    for await (const batch of stream) await batch.commit();
    expect(stream.checkpoints()).toEqual([VERSION_1_HERE()]);
  });

  it("is continued from", async () => {
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
    ["of an unknown version", change({ version: "one" }), "`version` is unknown"],
    ["of another format", change({ format: "another" }), "was not written by this library"],
    ["of another vendor", change({ provider: "itniotech" }), "belongs to the account `huawei-cec` at itniotech"],
    [
      "with a reversed interval",
      change({ abandoned: [{ from: "2026-10-31T04:00:00.000Z", to: "2026-10-30T04:00:00.000Z" }] }),
      "`abandoned.0`: must end after it begins",
    ],
    [
      "with an invalid instant",
      change({ requested: [{ from: "yesterday", to: "2026-10-30T04:00:00.000Z" }] }),
      "`requested.0.from`: must be an instant",
    ],
    ["without its hashes", change({ unsettledHashes: undefined }), "is damaged"],
    [
      "with a truncated hash",
      change({ unsettledHashes: { "@2026-11-20T03:00:00.000Z": ["0WPrPC"] } }),
      "`unsettledHashes.@2026-11-20T03:00:00.000Z.0`: must be a hash and a key",
    ],
    [
      "with a segment that has no time",
      change({ unsettledHashes: { "1400000000": [] } }),
      "`unsettledHashes`: its segments must be named by application and time",
    ],
    ["with an unknown field", change({ extra: 1 }), "unknown field `extra`"],
  ])("is rejected with a message that states the rule: %s", async (_case, checkpoint, rule) => {
    const error = await rejectionOf(passOf(client, { from, checkpoint: checkpoint as SyncCheckpoint, accounts }));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error).toMatchObject({ account: "huawei-cec", provider: "huawei-cec", code: "checkpoint" });
    expect(error.message).toContain(rule);
    expect(error.message).toMatch(/not been changed/);
    expect(await rejectionOf(client.coverage(checkpoint as SyncCheckpoint, { accounts }))).toBeInstanceOf(
      CheckpointError,
    );
  });

  it("is either read or rejected with a CallRecordsError after any damage to its text", async () => {
    const text = JSON.stringify(VERSION_1);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(text.length - 1),
        fc.string({ unit: "grapheme-ascii", maxLength: 3 }),
        fc.nat(5),
        async (at, inserted, removedLength) => {
          let damaged: unknown;
          try {
            damaged = JSON.parse(text.slice(0, at) + inserted + text.slice(at + removedLength));
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
      { numRuns: runs(1000) },
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
    // The lock has been released.
    await (
      await store.lock("huawei-cec")
    )();
  });

  it("is rejected when a store has lost a part of it", async () => {
    const store = new MemoryCheckpointStore();
    await passOf(client, { from, store, accounts });
    await store.save("huawei-cec", { "@2026-11-20T03:00:00.000Z": null });
    const error = await rejectionOf(passOf(client, { from, store, accounts }));
    expect(error.message).toContain("contains 0 segments of hashes, and should contain 1");
  });

  it("is rejected when a store in plain JavaScript returns no parts", async () => {
    const store = {
      load: () => Promise.resolve(null as unknown as CheckpointParts),
      save: () => Promise.resolve(),
      lock: () => Promise.resolve(() => Promise.resolve()),
    };
    const error = await rejectionOf(passOf(client, { from, store, accounts }));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toContain("`load` must return an object of parts");
  });

  it("of one account does not affect the others when failures are isolated", async () => {
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

  it("depends on the unsettled calls, not on the length of the history", { tags: ["slow"] }, async () => {
    const [short, long] = [await sizeAfter(6), await sizeAfter(80)];
    expect(long / short).toBeLessThan(1.2);
  });

  it("is written once, and each later commit writes only the changes", { tags: ["slow"] }, async () => {
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
