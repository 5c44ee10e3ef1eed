import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { newPath } from "./folder.js";
import { loadAnew, saveAll } from "./written-file.js";

describe("a file of checkpoints whose writer ended in the middle of a save", () => {
  let whole: Buffer;
  let untouched: number;

  beforeAll(async () => {
    const path = await newPath();
    await saveAll(path, [
      ["first", { head: 1, unsettledHashes: ["é", "账户"] }],
      ["second", { head: 1 }],
    ]);
    untouched = (await readFile(path)).length;
    await saveAll(path, [["first", { head: 2, unsettledHashes: null, "later on": "账户" }]]);
    whole = await readFile(path);
  });

  it("holds every earlier save, wherever the last one was cut off, and takes further ones", async () => {
    expect(whole.length - untouched).toBeGreaterThan(60);
    for (let end = untouched; end < whole.length; end += 1) {
      const path = await newPath();
      await writeFile(path, whole.subarray(0, end));
      expect(await loadAnew(path, "first")).toEqual({ head: 1, unsettledHashes: ["é", "账户"] });
      await saveAll(path, [["second", { head: 2 }]]);
      expect(await loadAnew(path, "first")).toEqual({ head: 1, unsettledHashes: ["é", "账户"] });
      expect(await loadAnew(path, "second")).toEqual({ head: 2 });
      expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
    }
  });

  it("is as it was by looking at it", async () => {
    const path = await newPath();
    await writeFile(path, whole.subarray(0, -1));
    await loadAnew(path, "first");
    expect(await readFile(path)).toEqual(whole.subarray(0, -1));
  });

  it("takes a save with the size of many blocks after one that was cut off", async () => {
    const path = await newPath();
    const large = "x".repeat(100_000);
    await saveAll(path, [["first", { large }]]);
    const before = (await readFile(path)).length;
    await saveAll(path, [["first", { large: "y".repeat(100_000) }]]);
    await writeFile(path, (await readFile(path)).subarray(0, before + 65_536));
    await saveAll(path, [["second", { large }]]);
    expect(await loadAnew(path, "first")).toEqual({ large });
    expect(await loadAnew(path, "second")).toEqual({ large });
  });
});
