import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { CheckpointError, FileCheckpointStore } from "call-records";
import { rejectionOf } from "../client/stage.js";
import { newPath } from "./folder.js";
import { runs } from "../search.js";
import { loadFromFile, saveAll } from "./written-file.js";

/** Expects that loading and locking are rejected, and that the bytes and the folder of the file are unchanged. */
async function expectRejected(path: string, content: Buffer, message: RegExp): Promise<void> {
  await writeFile(path, content);
  const store = new FileCheckpointStore(path);
  for (const rejection of [rejectionOf(store.load("first")), rejectionOf(store.lock("first"))]) {
    const error = await rejection;
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(path);
    expect(error.message).toMatch(/^first: .*\. It has not been changed\. /);
  }
  expect(Buffer.compare(await readFile(path), content)).toBe(0);
  expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
}

describe("a damaged checkpoint file", () => {
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

  it("is rejected and not changed, regardless of the damaged byte", async () => {
    const path = await newPath();
    await fc.assert(
      fc.asyncProperty(fc.nat(lastLine - 1), fc.integer({ min: 1, max: 255 }), (at, bits) =>
        expectRejected(
          path,
          flipped(at, bits),
          /is damaged in line \d.* Restore it from a backup, or remove it\. |is not a checkpoint file|was written by a later version/,
        ),
      ),
      { numRuns: runs(400) },
    );
  });

  it(
    "is rejected when its last complete line is damaged, because that commit can no longer be read",
    { tags: ["slow"] },
    async () => {
      const path = await newPath();
      for (let at = lastLine; at < content.length - 1; at += 1)
        await expectRejected(path, flipped(at, 1), /is damaged in line 4/);
    },
  );

  it("is rejected when a line is truncated, doubled or empty", async () => {
    const path = await newPath();
    const [header = "", first = "", ...others] = content.toString("utf8").split("\n");
    const linesOf = (...lines: string[]) => Buffer.from([header, ...lines, ...others].join("\n"));
    await expectRejected(path, linesOf(first.slice(0, -1)), /is damaged in line 2/);
    await expectRejected(path, linesOf(first.slice(1)), /is damaged in line 2/);
    await expectRejected(path, linesOf(first + first), /is damaged in line 2/);
    await expectRejected(path, linesOf(first, ""), /is damaged in line 3/);
  });

  it.each([
    ["with text", "Remember the milk.\n"],
    ["with text that has no line end", "Remember the milk."],
    ["that is empty", ""],
    ["with one empty line", "\n"],
    ["with other JSON", '{"accounts":[]}\n'],
    ["with JSON in several lines", '{\n  "format": "call-records/checkpoints"\n}\n'],
    ["with JSON that is not an object", "null\n"],
    ["with one checkpoint", '{"format":"call-records/checkpoint","version":1}\n'],
    ["whose first line has no end", '{"format":"call-records/checkpoints","version":1}'],
  ])("is distinguished from a file %s", async (_, text) => {
    await expectRejected(
      await newPath(),
      Buffer.from(text),
      /is not a checkpoint file\. .* Use another path for the store/,
    );
  });

  it.each(["0", "-1", '"1"', "null"])("is reported when the version is %s, which never existed", async (version) => {
    await expectRejected(
      await newPath(),
      Buffer.from(`{"format":"call-records/checkpoints","version":${version}}\n`),
      /is damaged in line 1/,
    );
  });

  it("is distinguished from a file of a later version, which requires an update of call-records", async () => {
    await expectRejected(
      await newPath(),
      Buffer.from('{"format":"call-records/checkpoints","version":2}\na line of that version\n'),
      /was written by a later version of call-records\. .* Update call-records\.$/,
    );
  });

  it("is distinguished from a folder", async () => {
    const path = await newPath();
    await mkdir(path);
    const store = new FileCheckpointStore(path);
    for (const rejection of [rejectionOf(store.load("first")), rejectionOf(store.lock("first"))]) {
      expect(await rejection).toMatchObject({ code: "checkpoint", vendorCode: "EISDIR", account: "first" });
      expect((await rejection).message).toContain(`${path} cannot be read or written: EISDIR`);
    }
    expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
    expect(await readdir(path)).toEqual([]);
  });

  it("can be restored from a copy while the store that rejected it is in use", async () => {
    const path = await newPath();
    await expectRejected(path, flipped(lastLine - 10, 1), /is damaged/);
    const store = new FileCheckpointStore(path);
    await rejectionOf(store.lock("first"));
    await writeFile(path, content);
    const unlock = await store.lock("first");
    await store.save("first", { head: 3 });
    await unlock();
    expect(await loadFromFile(path, "first")).toMatchObject({ head: 3 });
    expect(await loadFromFile(path, "second")).toEqual({ head: 1 });
  });
});
