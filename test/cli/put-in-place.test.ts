import { spawn, spawnSync } from "node:child_process";
import { chmod, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startVendorEmulator } from "call-records/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { putInPlace } from "../../src/files/put-in-place.js";
import { outcomeOf } from "../outcome.js";
import { CLI, environment, newFolder } from "./command.js";

const NOBODY = 65_534;
const isRoot = process.platform === "linux" && process.getuid?.() === 0;
const canMount = isRoot && spawnSync("unshare", ["-m", "true"]).status === 0;

it.skipIf(!canMount)("--out to a separately mounted file writes it in place", async () => {
  const emulator = await startVendorEmulator({ days: 3, callsPerDay: 20, activeCalls: 0 });
  onTestFinished(() => emulator.close());
  const cwd = await newFolder();
  // One previous content is shorter than the output, and one is longer.
  for (const before of ["", "x".repeat(1_000_000)]) {
    await writeFile(join(cwd, "host"), before);
    await writeFile(join(cwd, "calls.ndjson"), "");
    const { ino } = await stat(join(cwd, "host"));
    const command = `mount --bind host calls.ndjson && exec '${process.execPath}' '${CLI}' records --from 2d --account itniotech --out calls.ndjson`;
    const { code, stderr } = await outcomeOf(
      spawn("unshare", ["-m", "sh", "-c", command], {
        cwd,
        env: environment(emulator.environment()),
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
    expect(code, stderr).toBe(0);
    const lines = (await readFile(join(cwd, "host"), "utf8")).trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ provider: "itniotech" });
    expect((await stat(join(cwd, "host"))).ino).toBe(ino);
    expect((await readdir(cwd)).sort()).toEqual(["calls.ndjson", "host"]);
  }
});

describe.skipIf(!isRoot)("a file that only its owner can replace", () => {
  async function open(mode: number) {
    const folder = await newFolder();
    const [target, whole] = [join(folder, "target"), join(folder, "whole")];
    await writeFile(target, "before, and longer");
    await chmod(target, mode);
    await chmod(folder, 0o1777);
    process.seteuid?.(NOBODY);
    onTestFinished(() => {
      process.seteuid?.(0);
    });
    await writeFile(whole, "after");
    return { target, whole };
  }

  it("is written in place if other users can write it", async () => {
    const { target, whole } = await open(0o666);
    await putInPlace(whole, target);
    expect(await readFile(target, "utf8")).toBe("after");
    expect(await readdir(dirname(target))).toEqual(["target"]);
  });

  it("is not changed if other users cannot write it", async () => {
    const { target, whole } = await open(0o644);
    await expect(putInPlace(whole, target)).rejects.toMatchObject({ code: "EPERM", syscall: "rename" });
    expect(await readFile(target, "utf8")).toBe("before, and longer");
  });
});
