import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { extent } from "../search.js";
import { newPath } from "./folder.js";
import { loadFromFile, saveAll } from "./written-file.js";

describe("a checkpoint file whose writer ended in the middle of a save", () => {
  let whole: Buffer;
  let lengthBefore: number;

  beforeAll(async () => {
    const path = await newPath();
    await saveAll(path, [
      ["first", { head: 1, unsettledHashes: ["é", "账户"] }],
      ["second", { head: 1 }],
    ]);
    lengthBefore = (await readFile(path)).length;
    await saveAll(path, [["first", { head: 2, unsettledHashes: null, "later on": "账户" }]]);
    whole = await readFile(path);
  });

  it("contains every earlier save after an interruption at any byte, and accepts further saves", async () => {
    expect(whole.length - lengthBefore).toBeGreaterThan(60);
    for (let end = lengthBefore; end < whole.length; end += extent(3, 1)) {
      const path = await newPath();
      await writeFile(path, whole.subarray(0, end));
      expect(await loadFromFile(path, "first")).toEqual({ head: 1, unsettledHashes: ["é", "账户"] });
      await saveAll(path, [["second", { head: 2 }]]);
      expect(await loadFromFile(path, "first")).toEqual({ head: 1, unsettledHashes: ["é", "账户"] });
      expect(await loadFromFile(path, "second")).toEqual({ head: 2 });
      expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
    }
  });

  it("is not changed by a load", async () => {
    const path = await newPath();
    await writeFile(path, whole.subarray(0, -1));
    await loadFromFile(path, "first");
    expect(await readFile(path)).toEqual(whole.subarray(0, -1));
  });

  it("accepts a save of many blocks after an interrupted one", async () => {
    const path = await newPath();
    const large = "x".repeat(100_000);
    await saveAll(path, [["first", { large }]]);
    const before = (await readFile(path)).length;
    await saveAll(path, [["first", { large: "y".repeat(100_000) }]]);
    await writeFile(path, (await readFile(path)).subarray(0, before + 65_536));
    await saveAll(path, [["second", { large }]]);
    expect(await loadFromFile(path, "first")).toEqual({ large });
    expect(await loadFromFile(path, "second")).toEqual({ large });
  });
});
