import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { CheckpointError, FileCheckpointStore } from "call-records";
import { rejectionOf } from "../client/stage.js";
import { newPath } from "./folder.js";
import { runs } from "../search.js";
import { loadAnew, saveAll } from "./written-file.js";

/** Refused, whether it is to be read or to be locked; its bytes and its folder are as before. */
async function expectRefused(path: string, content: Buffer, message: RegExp): Promise<void> {
  await writeFile(path, content);
  const store = new FileCheckpointStore(path);
  for (const refused of [rejectionOf(store.load("first")), rejectionOf(store.lock("first"))]) {
    const error = await refused;
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(path);
    expect(error.message).toMatch(/^first: .*\. It has not been changed\. /);
  }
  expect(Buffer.compare(await readFile(path), content)).toBe(0);
  expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
}

describe("a damaged file of checkpoints", () => {
  let content: Buffer;
  let lastLine: number;

  beforeAll(async () => {
    const path = await newPath();
    await saveAll(path, [
      ["first", { head: 1, unsettledHashes: ["é", "账户", "x".repeat(200)] }],
      ["second", { head: 1 }],
      ["first", { head: 2 }],
    ]);
    content = await readFile(path);
    lastLine = content.lastIndexOf("\n", content.length - 2) + 1;
  });

  const flipped = (at: number, bits: number) => {
    const damaged = Buffer.from(content);
    damaged[at] = (damaged[at] ?? 0) ^ bits;
    return damaged;
  };

  it("is refused whichever byte is another, and is not touched", async () => {
    const path = await newPath();
    await fc.assert(
      fc.asyncProperty(fc.nat(lastLine - 1), fc.integer({ min: 1, max: 255 }), (at, bits) =>
        expectRefused(
          path,
          flipped(at, bits),
          /is damaged in line \d.* Restore it from a backup, or remove it\. |is not a checkpoint file|was written by a later version/,
        ),
      ),
      { numRuns: runs(400) },
    );
  });

  it("is refused when the last whole line is another: what was committed there cannot be told any more", async () => {
    const path = await newPath();
    for (let at = lastLine; at < content.length - 1; at += 1)
      await expectRefused(path, flipped(at, 1), /is damaged in line 4/);
  });

  it("is refused when a line is missing a part, stands twice in one, or is empty", async () => {
    const path = await newPath();
    const [header = "", first = "", ...others] = content.toString("utf8").split("\n");
    const linesOf = (...lines: string[]) => Buffer.from([header, ...lines, ...others].join("\n"));
    await expectRefused(path, linesOf(first.slice(0, -1)), /is damaged in line 2/);
    await expectRefused(path, linesOf(first.slice(1)), /is damaged in line 2/);
    await expectRefused(path, linesOf(first + first), /is damaged in line 2/);
    await expectRefused(path, linesOf(first, ""), /is damaged in line 3/);
  });

  it.each([
    ["of text", "Remember the milk.\n"],
    ["of text without an end of line", "Remember the milk."],
    ["that is empty", ""],
    ["of one empty line", "\n"],
    ["of JSON of another kind", '{"accounts":[]}\n'],
    ["of JSON over several lines", '{\n  "format": "call-records/checkpoints"\n}\n'],
    ["of JSON that is no object", "null\n"],
    ["of one checkpoint", '{"format":"call-records/checkpoint","version":1}\n'],
    ["without an end of its first line", '{"format":"call-records/checkpoints","version":1}'],
  ])("is told from a file %s", async (_, text) => {
    await expectRefused(
      await newPath(),
      Buffer.from(text),
      /is not a checkpoint file\. .* Use another path for the store/,
    );
  });

  it.each(["0", "-1", '"1"', "null"])("is told from one whose version is %s, which none ever was", async (version) => {
    await expectRefused(
      await newPath(),
      Buffer.from(`{"format":"call-records/checkpoints","version":${version}}\n`),
      /is damaged in line 1/,
    );
  });

  it("is told from one of a later version, which asks for another call-records", async () => {
    await expectRefused(
      await newPath(),
      Buffer.from('{"format":"call-records/checkpoints","version":2}\nwhatever comes then\n'),
      /was written by a later version of call-records\. .* Update call-records\.$/,
    );
  });

  it("is told from a folder", async () => {
    const path = await newPath();
    await mkdir(path);
    const store = new FileCheckpointStore(path);
    for (const refused of [rejectionOf(store.load("first")), rejectionOf(store.lock("first"))]) {
      expect(await refused).toMatchObject({ code: "checkpoint", vendorCode: "EISDIR", account: "first" });
      expect((await refused).message).toContain(`${path} cannot be read or written: EISDIR`);
    }
    expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
    expect(await readdir(path)).toEqual([]);
  });

  it("can be put back from a copy, with the store that refused it", async () => {
    const path = await newPath();
    await expectRefused(path, flipped(lastLine - 10, 1), /is damaged/);
    const store = new FileCheckpointStore(path);
    await rejectionOf(store.lock("first"));
    await writeFile(path, content);
    const unlock = await store.lock("first");
    await store.save("first", { head: 3 });
    await unlock();
    expect(await loadAnew(path, "first")).toMatchObject({ head: 3 });
    expect(await loadAnew(path, "second")).toEqual({ head: 1 });
  });
});
