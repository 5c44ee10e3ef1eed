import { randomUUID } from "node:crypto";
import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FileCheckpointStore, type JsonValue } from "call-records";
import { newPath } from "./folder.js";
import { type Changes, loadFromFile, saveAll } from "./written-file.js";
import { runs } from "../search.js";

const MEGABYTE = 1_000_000;
const sizeOf = async (path: string) => (await stat(path)).size;
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

/** A save to a store, or `reopen`, which closes the store and opens another one. */
type Step = { account: string; changes: Changes } | "reopen";

const account = fc.constantFrom("first", "second", "__proto__", "ein Konto\n账户");
const name = fc.constantFrom("head", "a@2026-11-20T04:00:00.000Z", "b@2026-11-20T04:15:00.000Z", "__proto__", "");
const part = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.json({ maxDepth: 2 }).map((text) => JSON.parse(JSON.stringify(JSON.parse(text))) as JsonValue),
  },
  { weight: 1, arbitrary: fc.constant(null) },
);
const changes = fc.array(fc.tuple(name, part), { maxLength: 4 }).map((entries): Changes => Object.fromEntries(entries));
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ account, changes }) },
    { weight: 1, arbitrary: fc.constant("reopen" as const) },
  ),
  { maxLength: 12 },
);

class Opened {
  private constructor(
    readonly store: FileCheckpointStore,
    private readonly unlocks: (() => Promise<void>)[],
  ) {}

  static async at(path: string, accounts: readonly string[]): Promise<Opened> {
    const store = new FileCheckpointStore(path);
    const unlocks: (() => Promise<void>)[] = [];
    for (const each of accounts) unlocks.push(await store.lock(each));
    return new Opened(store, unlocks);
  }

  async close(): Promise<void> {
    for (const unlock of this.unlocks) await unlock();
  }
}

describe("a checkpoint file", () => {
  it("returns to each account the parts that it saved", async () => {
    const path = await newPath();
    await saveAll(path, [
      ["first", { head: { intervals: [1, 2] }, unsettledHashes: ["x"] }],
      ["second", { head: "another" }],
    ]);
    expect(await loadFromFile(path, "first")).toEqual({ head: { intervals: [1, 2] }, unsettledHashes: ["x"] });
    expect(await loadFromFile(path, "second")).toEqual({ head: "another" });
    expect(await loadFromFile(path, "third")).toEqual({});
  });

  it("is empty before the first save, and is not created by a load or a lock", async () => {
    const path = await newPath();
    expect(await loadFromFile(path, "first")).toEqual({});
    const opened = await Opened.at(path, ["first"]);
    await opened.close();
    expect(await readdir(dirname(path))).toEqual([]);
  });

  it("replaces changed parts, removes parts that are null, and keeps the others", async () => {
    const path = await newPath();
    await saveAll(path, [
      ["first", { kept: 1, replaced: 1, removed: 1 }],
      ["second", { removed: 1 }],
      ["first", { replaced: 2, removed: null, "never there": null }],
    ]);
    expect(await loadFromFile(path, "first")).toEqual({ kept: 1, replaced: 2 });
    expect(await loadFromFile(path, "second")).toEqual({ removed: 1 });
  });

  it("contains the same parts as a map after any sequence of saves and reopenings", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const path = await newPath();
        const accounts = [...new Set(sequence.flatMap((step) => (step === "reopen" ? [] : [step.account])))];
        const model = new Map(accounts.map((each) => [each, new Map<string, unknown>()]));
        let opened = await Opened.at(path, accounts);
        for (const step of sequence) {
          if (step === "reopen") {
            await opened.close();
            opened = await Opened.at(path, accounts);
          } else {
            await opened.store.save(step.account, step.changes);
            for (const [key, value] of Object.entries(step.changes)) {
              if (value === null) model.get(step.account)?.delete(key);
              else model.get(step.account)?.set(key, value);
            }
          }
          for (const [each, parts] of model)
            expect(new Map(Object.entries(await opened.store.load(each)))).toEqual(parts);
        }
        for (const [each, parts] of model)
          expect(new Map(Object.entries(await loadFromFile(path, each)))).toEqual(parts);
        await opened.close();
        expect((await readdir(dirname(path))).filter((file) => file !== "checkpoints")).toEqual([]);
      }),
      { numRuns: runs(60) },
    );
  });

  it("grows by the size of the changes, not of the contents", async () => {
    const path = await newPath();
    const opened = await Opened.at(path, ["first"]);
    await opened.store.save("first", { large: "x".repeat(MEGABYTE), small: 0 });
    const before = await sizeOf(path);
    await opened.store.save("first", { small: "y".repeat(100) });
    expect((await sizeOf(path)) - before).toBeGreaterThan(100);
    expect((await sizeOf(path)) - before).toBeLessThan(1000);
    await opened.close();
  });

  it("grows by the size of the changes after it is reopened too", async () => {
    const path = await newPath();
    await saveAll(path, [["first", { large: "x".repeat(MEGABYTE), small: 0 }]]);
    const before = await sizeOf(path);
    await saveAll(path, [["first", { small: 1 }]]);
    expect((await sizeOf(path)) - before).toBeLessThan(1000);
  });

  it("is rewritten without any loss when most of it is obsolete", async () => {
    const path = await newPath();
    const opened = await Opened.at(path, ["first", "second"]);
    await opened.store.save("second", { kept: "still there" });
    let largest = 0;
    for (let save = 0; save < 60; save += 1) {
      await opened.store.save("first", { changing: String(save).padEnd(50_000, "x"), [`own ${save}`]: save });
      largest = Math.max(largest, await sizeOf(path));
    }
    // The saves have written three megabytes in total.
    expect(largest).toBeLessThanOrEqual(MEGABYTE);
    expect(largest).toBeGreaterThan(MEGABYTE / 2);
    for (let save = 0; save < 60; save += 1)
      if ((await sizeOf(path)) > 200_000) await opened.store.save("first", { changing: "x".repeat(50_000) });
    expect(await sizeOf(path)).toBeLessThan(200_000);
    await opened.close();
    expect(await loadFromFile(path, "first")).toMatchObject({ "own 0": 0, "own 59": 59 });
    expect(await loadFromFile(path, "second")).toEqual({ kept: "still there" });
    expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
  });

  it("is not rewritten by each save when its contents are large", async () => {
    const path = await newPath();
    const opened = await Opened.at(path, ["first"]);
    await opened.store.save("first", { large: "x".repeat(2 * MEGABYTE) });
    const { ino } = await stat(path);
    for (let save = 0; save < 20; save += 1) await opened.store.save("first", { changing: "y".repeat(50_000) });
    expect((await stat(path)).ino).toBe(ino);
    await opened.close();
  });

  it("is readable and writable by its owner only, even when it had other permissions", async () => {
    const path = await newPath();
    await saveAll(path, [["first", { head: 1 }]]);
    expect(await modeOf(path)).toBe("600");
    await chmod(path, 0o644);
    await saveAll(path, [["first", { head: 2 }]]);
    expect(await modeOf(path)).toBe("600");
  });

  it("is readable by its owner only when a rewrite replaces a file with other permissions", async () => {
    const path = await newPath();
    await saveAll(path, [["first", { head: 1 }]]);
    // An incomplete line causes the next save to rewrite the file.
    await writeFile(path, Buffer.concat([await readFile(path), Buffer.from("torn")]));
    await chmod(path, 0o644);
    await saveAll(path, [["first", { head: 2 }]]);
    expect(await modeOf(path)).toBe("600");
  });

  it("has only its lock beside it during the sync, and no other file afterwards", async () => {
    const path = await newPath();
    const opened = await Opened.at(path, ["first"]);
    for (let save = 0; save < 5; save += 1) {
      await opened.store.save("first", { head: save });
      expect((await readdir(dirname(path))).sort()).toEqual(["checkpoints", "checkpoints.lock"]);
    }
    expect(await modeOf(`${path}.lock`)).toBe("600");
    await opened.close();
    expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
  });

  it("is cleaned of a dead writer's unfinished replacement by the next lock, and no other file is removed", async () => {
    const path = await newPath();
    await saveAll(path, [["first", { head: 1 }]]);
    const others = ["checkpoints.bak", "checkpoints.0", `other.${randomUUID()}`, `checkpoints.${randomUUID()}.bak`];
    for (const name of [...others, `checkpoints.${randomUUID()}`])
      await writeFile(join(dirname(path), name), "unfinished");
    expect(await loadFromFile(path, "first")).toEqual({ head: 1 });
    expect(await readdir(dirname(path))).toHaveLength(6);
    await saveAll(path, [["first", { head: 2 }]]);
    expect((await readdir(dirname(path))).sort()).toEqual([...others, "checkpoints"].sort());
  });

  it("can be read without the lock, as it was last saved", async () => {
    const path = await newPath();
    const opened = await Opened.at(path, ["first"]);
    await opened.store.save("first", { head: 1 });
    expect(await loadFromFile(path, "first")).toEqual({ head: 1 });
    await opened.store.save("first", { head: 2 });
    expect(await loadFromFile(path, "first")).toEqual({ head: 2 });
    await opened.close();
  });

  it("serialises concurrent saves of several accounts", async () => {
    const path = await newPath();
    const accounts = Array.from({ length: 10 }, (_, index) => `account ${index}`);
    const opened = await Opened.at(path, accounts);
    await Promise.all(accounts.flatMap((each) => [1, 2, 3].map((head) => opened.store.save(each, { head }))));
    await opened.close();
    for (const each of accounts) expect(await loadFromFile(path, each)).toEqual({ head: 3 });
  });
});
