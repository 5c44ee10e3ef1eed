import { spawnSync } from "node:child_process";
import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openFile } from "../../src/cli/output/file-target.js";
import { openTarget } from "../../src/cli/output/open-target.js";
import { partFileFor, removePartsOf } from "../../src/files/part-file.js";
import { newFolder, run } from "./command.js";
import { Running } from "./running.js";

const isRoot = process.getuid?.() === 0;
const { signal } = new AbortController();
const modeOf = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8);
const partIn = async (folder: string) => (await readdir(folder)).find((name) => name.endsWith(".part"));

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 5, callsPerDay: 2000, activeCalls: 0, latencyMs: 100 });
});
afterAll(() => emulator.close());

function withoutUmask(): void {
  const before = process.umask(0);
  onTestFinished(() => {
    process.umask(before);
  });
}

describe("the temporary file beside an output file", () => {
  it.each([0o600, 0o640, 0o660, 0o644, 0o400, 0o444])(
    "never has wider permissions than the output file of mode %o",
    async (mode) => {
      withoutUmask();
      const path = join(await newFolder(), "calls.csv");
      await writeFile(path, "before");
      await chmod(path, mode);
      const destination = await openTarget(path, signal);
      await destination.write("after");
      const part = join(path, "..", (await partIn(join(path, ".."))) ?? "");
      expect((await stat(part)).mode & 0o777 & ~mode).toBe(0);
      await destination.finish();
      expect([await modeOf(path), await readFile(path, "utf8")]).toEqual([mode.toString(8), "after"]);
    },
  );

  it.skipIf(!isRoot)("takes the owner and the group of the output file", async () => {
    const path = join(await newFolder(), "calls.csv");
    await writeFile(path, "before");
    await chown(path, 1234, 4321);
    await chmod(path, 0o640);
    const destination = await openTarget(path, signal);
    await destination.finish();
    const { uid, gid } = await stat(path);
    expect([uid, gid, await modeOf(path)]).toEqual([1234, 4321, "640"]);
  });

  it("has the permissions of the output file, and is removed by the next run if its process was killed", async () => {
    withoutUmask();
    const cwd = await newFolder();
    await writeFile(join(cwd, "calls.ndjson"), "before");
    await chmod(join(cwd, "calls.ndjson"), 0o600);
    const args = ["records", "--from", "4d", "--account", "itniotech", "--out", "calls.ndjson"];
    const running = await Running.start(args, { cwd, env: emulator.environment() });
    await expect.poll(() => partIn(cwd), { timeout: 30_000 }).toBeDefined();
    const part = (await partIn(cwd)) ?? "";
    expect(await modeOf(join(cwd, part))).toBe("600");
    // Another run does not remove it while its process runs.
    await removePartsOf(join(cwd, "calls.ndjson"));
    expect(await partIn(cwd)).toBe(part);
    running.child.kill("SIGKILL");
    await running.outcome;
    expect(await readFile(join(cwd, "calls.ndjson"), "utf8")).toBe("before");
    const others = [
      `other.ndjson${part.slice("calls.ndjson".length)}`,
      "calls.ndjson.part",
      part.replace(/\.[0-9a-f]{8}-/, ".00000000-"),
    ];
    for (const name of others) await writeFile(join(cwd, name), "");
    const { code, stderr } = await run([...args, "--limit", "1"], { cwd, env: emulator.environment() });
    expect(code, stderr).toBe(0);
    expect((await readdir(cwd)).sort()).toEqual([...others, "calls.ndjson"].sort());
  });

  it("of a killed process is removed from a folder to which each batch adds a file", async () => {
    const cwd = await newFolder();
    await mkdir(join(cwd, "calls"));
    const dead = spawnSync(process.execPath, ["-e", "0"]).pid;
    const part = (await partFileFor(join(cwd, "calls", "a batch"))).replace(`-${process.pid}-`, `-${dead}-`);
    await writeFile(part, "");
    const { code, stderr } = await run(
      ["sync", "--state", "calls.state", "--from", "1d", "--account", "itniotech", "--out", "calls/"],
      { cwd, env: emulator.environment() },
    );
    expect(code, stderr).toBe(0);
    expect(await partIn(join(cwd, "calls"))).toBeUndefined();
  });

  it("has a valid name also for an output file with the longest name", async () => {
    const folder = await newFolder();
    for (const name of ["x".repeat(255), "客".repeat(85)]) {
      const destination = await openTarget(join(folder, name), signal);
      await destination.write("whole");
      expect(await partIn(folder)).toBeDefined();
      await destination.finish();
      expect(await readFile(join(folder, name), "utf8")).toBe("whole");
    }
    expect(await readdir(folder)).toHaveLength(2);
    await expect(openTarget(join(folder, "x".repeat(256)), signal)).rejects.toThrow("ENAMETOOLONG");
  });

  it.each<[string, (part: string) => Promise<unknown>, RegExp]>([
    ["removes", (part) => rm(part), /another program has moved or removed/],
    ["moves", (part) => rename(part, `${part}.moved`), /another program has moved or removed/],
    ["replaces", (part) => rm(part).then(() => writeFile(part, "other")), /another program has moved or removed/],
  ])("causes an error if another program %s it, and the output file is not changed", async (_, act, message) => {
    const folder = await newFolder();
    const path = join(folder, "calls.csv");
    await writeFile(path, "before");
    const destination = await openFile(path, await stat(path, { bigint: true }));
    await destination.write("after");
    await act(join(folder, (await partIn(folder)) ?? ""));
    await expect(destination.finish()).rejects.toThrow(message);
    expect(await readFile(path, "utf8")).toBe("before");
  });

  it("causes an error if the output is a link whose target has changed", async () => {
    const folder = await newFolder();
    const link = join(folder, "link");
    await symlink("one", link);
    const destination = await openFile(link, null);
    await rm(link);
    await symlink("two", link);
    await expect(destination.finish()).rejects.toThrow("leads to another file than when it was opened");
    expect(await readdir(folder)).toEqual(["link"]);
  });
});
