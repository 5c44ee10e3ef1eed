import { spawnSync } from "node:child_process";
import { chmod, type FileHandle, mkdir, open, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { FileCheckpointStore } from "call-records";
import { rejectionOf } from "../client/stage.js";
import { extent } from "../search.js";
import { newPath, openFolder } from "./folder.js";
import { startMounted } from "./process.js";
import type { StoreCommand } from "./processes/store-owner.js";
import { loadFromFile, saveAll } from "./written-file.js";

const NOBODY = 65_534;
const openFiles = async () => (await readdir("/proc/self/fd")).length;

/** Runs `work` as the user nobody, who owns no files. */
async function asNobody<Result>(work: () => Promise<Result>): Promise<Result> {
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

/** Makes methods of every file handle fail, as they do in Yarn, which does not implement all of them. */
async function withoutMethods(...names: ("chmod" | "datasync" | "sync" | "utimes")[]): Promise<void> {
  const handle = await open(process.execPath, "r");
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  for (const name of names) {
    const spy = vi.spyOn(prototype, name).mockImplementation(() => {
      throw new Error("Method not implemented.");
    });
    onTestFinished(() => {
      spy.mockRestore();
    });
  }
}

const isRoot = process.platform === "linux" && process.getuid?.() === 0;
const canMount = isRoot && spawnSync("unshare", ["-m", "true"]).status === 0;

describe.skipIf(!isRoot)("a writable checkpoint file of another owner", () => {
  it.each([
    ["in a writable folder", 0o777],
    ["in a folder where only owners may replace files", 0o1777],
  ])("%s is read and written without leaving a file open", async (_, mode) => {
    const path = await newPath();
    await saveAll(path, [["first", { head: 1, unsettledHashes: "kept" }]]);
    await chmod(path, 0o666);
    await chmod(dirname(path), mode);
    const before = await openFiles();
    await asNobody(async () => {
      for (let head = 2; head < 5; head += 1) await saveAll(path, [["first", { head }]]);
      // An incomplete line causes the next save to rewrite the file.
      await writeFile(path, Buffer.concat([await readFile(path), Buffer.from("torn")]));
      await saveAll(path, [["first", { head: 5 }]]);
      expect(await loadFromFile(path, "first")).toEqual({ head: 5, unsettledHashes: "kept" });
    });
    expect(await openFiles()).toBe(before);
    expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
  });

  it("causes an error with the system's code on each save when it is read-only, and no file stays open", async () => {
    const path = await newPath();
    await saveAll(path, [["first", { head: 1 }]]);
    await chmod(path, 0o644);
    await chmod(dirname(path), 0o1777);
    const before = await openFiles();
    await asNobody(async () => {
      for (let attempt = 0; attempt < 5; attempt += 1) {
        const store = new FileCheckpointStore(path);
        const release = await store.lock("first");
        for (let save = 0; save < 3; save += 1)
          expect(await rejectionOf(store.save("first", { head: 2 }))).toMatchObject({
            code: "checkpoint",
            vendorCode: "EACCES",
          });
        await release();
      }
    });
    expect(await openFiles()).toBe(before);
    expect(await loadFromFile(path, "first")).toEqual({ head: 1 });
  });
});

/** The number of saves, which is large enough for a rewrite of the file. */
const SAVES = extent(30, 60);

describe("a file handle that lacks methods", () => {
  it("does not prevent saving", async () => {
    await withoutMethods("chmod", "datasync", "sync", "utimes");
    const path = await newPath();
    await saveAll(path, [["first", { head: 1 }]]);
    await saveAll(path, [["first", { head: 2 }]]);
    expect(await loadFromFile(path, "first")).toEqual({ head: 2 });
    expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
  });

  it("does not prevent the owner of a lock from updating it", { tags: ["slow"] }, async () => {
    await withoutMethods("utimes");
    const path = await newPath();
    const release = await new FileCheckpointStore(path).lock("first");
    const [text, { mtimeMs }] = await Promise.all([readFile(`${path}.lock`, "utf8"), stat(`${path}.lock`)]);
    await expect.poll(async () => (await stat(`${path}.lock`)).mtimeMs, { timeout: 20_000 }).toBeGreaterThan(mtimeMs);
    expect(await readFile(`${path}.lock`, "utf8")).toBe(text);
    await release();
  });
});

describe.skipIf(!canMount)("a checkpoint file that is mounted without its folder", () => {
  async function openMounted(content: string) {
    const folder = await openFolder();
    const [file, path] = [join(folder, "on the host"), join(folder, "inside", "checkpoints")];
    await mkdir(dirname(path));
    await writeFile(path, "");
    await writeFile(file, content);
    const open = async () => {
      const other = await startMounted("store-owner", file, path);
      const send = (command: StoreCommand) => other.send(command);
      await send({ open: path });
      return { ...other, send };
    };
    return { file, open };
  }

  it(
    "may be empty at first, is written in place, and is taken over from an owner that was killed",
    { tags: ["slow"] },
    async () => {
      const { file, open } = await openMounted("");
      const { ino } = await stat(file);
      const first = await open();
      expect(await first.send({ load: "first" })).toEqual({ value: {} });
      expect(await first.send({ lock: "first" })).toEqual({ value: null });
      for (let head = 1; head < 4; head += 1)
        expect(await first.send({ account: "first", save: { head, [`own ${head}`]: head } })).toEqual({ value: null });
      await first.kill();
      const second = await open();
      expect(await second.send({ lock: "first" })).toEqual({ value: null });
      expect(await second.send({ account: "first", save: { head: 4 } })).toEqual({ value: null });
      expect(await second.send({ account: "first", save: { head: 5 } })).toEqual({ value: null });
      expect(await second.send("unlock")).toEqual({ value: null });
      expect(await loadFromFile(file, "first")).toEqual({ head: 5, "own 1": 1, "own 2": 2, "own 3": 3 });
      expect((await stat(file)).ino).toBe(ino);
      await second.kill();
    },
  );

  it("has a limited size, and can be read by others at any time", { tags: ["slow"] }, async () => {
    const { file, open } = await openMounted("");
    const owner = await open();
    await owner.send({ lock: "first" });
    await owner.send({ account: "first", save: { save: -1 } });
    let largest = 0;
    for (let save = 0; save < SAVES; save += 1) {
      const [response, seen] = await Promise.all([
        owner.send({ account: "first", save: { changing: String(save).padEnd(50_000, "x"), save } }),
        loadFromFile(file, "first"),
      ]);
      expect(response).toEqual({ value: null });
      expect([save, save - 1]).toContain(seen.save);
      largest = Math.max(largest, (await stat(file)).size);
    }
    expect(largest).toBeLessThan(1_200_000);
    await owner.send("unlock");
    expect(await loadFromFile(file, "first")).toMatchObject({ save: SAVES - 1 });
    await owner.kill();
  });

  it("is no longer written by its owner after another process, which does not see the lock, has written to it", async () => {
    const { file, open } = await openMounted("");
    const owner = await open();
    await owner.send({ lock: "first" });
    await owner.send({ account: "first", save: { head: 1 } });
    await saveAll(file, [["second", { head: "theirs" }]]);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const response = await owner.send({ account: "first", save: { head: 2 } });
      expect(response).toMatchObject({ error: { code: "checkpoint", retryable: true } });
      expect(JSON.stringify(response)).toContain("another program has written to");
    }
    await owner.send("unlock");
    expect(await loadFromFile(file, "second")).toEqual({ head: "theirs" });
    await owner.kill();
  });
});

describe("under Node's permission model", () => {
  const program = fileURLToPath(new URL("./processes/permitted.ts", import.meta.url));
  const flag = process.allowedNodeEnvironmentFlags.has("--permission") ? "--permission" : "--experimental-permission";

  async function runPermitted(path: string, ...writable: string[]) {
    const script = join(await openFolder(), "permitted.mjs");
    await build({
      entryPoints: [program],
      outfile: script,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "esm",
      logLevel: "silent",
      alias: {
        "call-records": fileURLToPath(
          new URL("../../src/engine/checkpoints/file-checkpoint-store.ts", import.meta.url),
        ),
      },
    });
    return spawnSync(
      process.execPath,
      [
        flag,
        `--allow-fs-read=${script}`,
        `--allow-fs-read=${path}*`,
        ...writable.map((pattern) => `--allow-fs-write=${pattern}`),
        script,
        path,
      ],
      { encoding: "utf8" },
    );
  }

  it(
    "a checkpoint file works when the file, its lock and its replacements are allowed",
    { tags: ["slow"] },
    async () => {
      const path = await newPath();
      for (const expected of ['{"saves":3}', '{"saves":6}']) {
        const { stdout, stderr } = await runPermitted(path, `${path}*`);
        expect(stdout.trim(), stderr).toBe(expected);
      }
      expect(await readdir(dirname(path))).toEqual(["checkpoints"]);
    },
  );

  it("a checkpoint file works when only the file and its lock are allowed", { tags: ["slow"] }, async () => {
    const path = await newPath();
    for (const expected of ['{"saves":3}', '{"saves":6}']) {
      const { stdout, stderr } = await runPermitted(path, path, `${path}.lock`);
      expect(stdout.trim(), stderr).toBe(expected);
    }
  });

  it("a checkpoint file whose lock is not allowed causes an error that states what to allow", async () => {
    const path = await newPath();
    const { stdout } = await runPermitted(path, path);
    expect(stdout).toContain("checkpoint: first: Node's permission model refuses");
    expect(stdout).toContain(`Allow reading and writing of ${path}*`);
  });
});
