import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { AbortedError, type CallRecord, RequestError } from "call-records";
import { writeParquet } from "call-records/parquet";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { fullCall } from "../columns/full-call.js";
import { readParquet } from "./parquet-file.js";

const isRoot = process.platform === "linux" && process.getuid?.() === 0;
const canMount = isRoot && spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "tmpfs", tmpdir()]).status === 0;

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parquet-"));
  path = join(folder, "calls.parquet");
  const made = folder;
  onTestFinished(() => rm(made, { recursive: true }));
});

/** Yields calls, and does something before each. */
async function* calls(count: number, before: (index: number) => unknown = () => undefined) {
  for (let index = 0; index < count; index += 1) {
    await before(index);
    yield { ...fullCall, id: String(index) };
  }
}

/** Checks that the folder contains only the previous file, or nothing. */
async function expectUnchanged(previous?: string): Promise<void> {
  expect(await readdir(folder)).toEqual(previous === undefined ? [] : ["calls.parquet"]);
  if (previous !== undefined) expect(await readFile(path, "utf8")).toBe(previous);
}

describe("a file is written completely or not at all", () => {
  it("replaces a previous file only when it is complete", async () => {
    await writeFile(path, "before");
    const during: string[] = [];
    await writeParquet(
      calls(10, async () => during.push(await readFile(path, "utf8"))),
      path,
      { rowGroupRows: 3 },
    );
    expect(new Set(during)).toEqual(new Set(["before"]));
    expect((await readParquet(path)).rows).toHaveLength(10);
    expect(await readdir(folder)).toEqual(["calls.parquet"]);
  });

  it("keeps the previous file when the source fails, and throws its error unchanged", async () => {
    await writeFile(path, "before");
    const failure = new TypeError("the source failed");
    const source = calls(10, (index) => {
      if (index === 7) throw failure;
    });
    await expect(writeParquet(source, path, { rowGroupRows: 2 })).rejects.toBe(failure);
    await expectUnchanged("before");
  });

  it("writes through a link, which stays a link", async () => {
    await mkdir(join(folder, "other"));
    await symlink(join("other", "real.parquet"), path);
    await writeParquet([fullCall], path);
    expect(await readdir(join(folder, "other"))).toEqual(["real.parquet"]);
    expect((await readParquet(path)).rows).toHaveLength(1);
  });

  it("removes what a killed process has left", { tags: ["slow"] }, async () => {
    const program = join(folder, "program.mjs");
    await build({
      stdin: {
        contents: `import { writeParquet } from "./src/destinations/parquet/index.ts";
          const call = JSON.parse(process.argv[2], (name, value) => (/At$/.test(name) && value !== null ? new Date(value) : value));
          async function* calls() { for (let id = 0; ; id += 1) { if (id === 9) { console.log("writing"); await new Promise((done) => setTimeout(done, 1e9)); } yield { ...call, id: String(id) }; } }
          await writeParquet(calls(), process.argv[3], { rowGroupRows: 2 });`,
        resolveDir: process.cwd(),
        loader: "ts",
      },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: program,
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
      logLevel: "silent",
    });
    await writeFile(path, "before");
    const child = spawn(process.execPath, [program, JSON.stringify(fullCall), path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    await rm(program);
    const left = await readdir(folder);
    expect(left).toHaveLength(2);
    expect(left).toContainEqual(expect.stringMatching(/^calls\.parquet\..*\.part$/));
    expect(await readFile(path, "utf8")).toBe("before");
    await writeParquet([fullCall], path);
    expect(await readdir(folder)).toEqual(["calls.parquet"]);
    expect((await readParquet(path)).rows).toHaveLength(1);
  });
});

describe("a signal", () => {
  it("stops the writing between two calls, and stops the source", async () => {
    await writeFile(path, "before");
    const controller = new AbortController();
    let isStopped = false;
    async function* source(): AsyncGenerator<CallRecord> {
      try {
        yield* calls(10, (index) => {
          if (index === 5) controller.abort();
        });
      } finally {
        isStopped = true;
      }
    }
    const written = writeParquet(source(), path, { rowGroupRows: 2, signal: controller.signal });
    await expect(written).rejects.toBeInstanceOf(AbortedError);
    await expectUnchanged("before");
    expect(isStopped).toBe(true);
  });

  it("does not wait for a source that never responds", async () => {
    const controller = new AbortController();
    const never = calls(2, (index) => {
      if (index === 0) return;
      controller.abort();
      return new Promise(() => undefined);
    });
    await expect(writeParquet(never, path, { signal: controller.signal })).rejects.toBeInstanceOf(AbortedError);
    await expectUnchanged();
  });

  it("that is aborted already writes nothing", async () => {
    const written = writeParquet([fullCall], path, { signal: AbortSignal.abort() });
    await expect(written).rejects.toThrow("writeParquet: the signal was aborted.");
    await expectUnchanged();
  });

  it("that is not aborted changes nothing", async () => {
    const { signal } = new AbortController();
    expect(await writeParquet([fullCall], path, { signal })).toMatchObject({ rows: 1 });
    expect(await writeParquet(calls(5), path, { signal })).toMatchObject({ rows: 5 });
    const failing = calls(5, () => Promise.reject(new RangeError("no calls")));
    await expect(writeParquet(failing, path, { signal })).rejects.toThrow(RangeError);
  });
});

describe("a file that cannot be written", () => {
  /** Expects a typed error that names the path, with the system's code. */
  async function expectRefused(target: string, message: RegExp | string, code?: string): Promise<void> {
    const error = await writeParquet(calls(10), target, { rowGroupRows: 2 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RequestError);
    expect((error as RequestError).message).toContain(`writeParquet: argument \`path\`: ${target} was not written: `);
    expect((error as RequestError).message).toMatch(message);
    expect((error as RequestError).vendorCode).toBe(code ?? null);
  }

  it("is in a folder that does not exist", async () => {
    const target = join(folder, "nowhere", "calls.parquet");
    await expectRefused(target, "ENOENT: no such file or directory", "ENOENT");
    await expect(writeParquet([], target)).rejects.toThrow(
      `${target} was not written: ENOENT: no such file or directory, open '${target}'. Its folder must exist.`,
    );
    await expectUnchanged();
  });

  it("is a folder, a device or a pipe", async () => {
    await expectRefused(folder, "is a folder, not a file");
    await expectRefused(`${join(folder, "new")}/`, "is a folder, not a file");
    await expectRefused("/dev/null", "is a pipe, a socket or a device, not a file");
    await expectUnchanged();
  });

  it("has a name that no file can have", async () => {
    await expectRefused(join(folder, "x".repeat(300)), "ENAMETOOLONG", "ENAMETOOLONG");
    await expectRefused(`${path}\0`, "null bytes", "ERR_INVALID_ARG_VALUE");
    await expectUnchanged();
  });

  it.skipIf(!isRoot)("is in a folder of another user", async () => {
    process.seteuid?.(65_534);
    onTestFinished(() => {
      process.seteuid?.(0);
    });
    await expectRefused("/root-only.parquet", "EACCES: permission denied", "EACCES");
  });

  it.skipIf(!canMount)("is on a disk that becomes full", async () => {
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]).status).toBe(0);
    const mounted = folder;
    onTestFinished(() => {
      spawnSync("umount", [mounted]);
    });
    await writeFile(path, "before");
    const full = Array.from({ length: 10 }, () => ({ ...fullCall, remark: randomBytes(20_000).toString("hex") }));
    const written = writeParquet(full, path, { rowGroupRows: 2 });
    await expect(written).rejects.toThrow(`${path} was not written: ENOSPC: no space left on device, write.`);
    await expectUnchanged("before");
  });
});

describe("invalid arguments", () => {
  /** Values that a JavaScript caller may pass. */
  const invalid = writeParquet as unknown as (...parameters: unknown[]) => Promise<unknown>;

  it.each([
    [[null, "p"], "argument `calls`: must be a stream of `client.records`, an array, or any other iterable of calls."],
    [["text", "p"], "argument `calls`: must be a stream of `client.records`"],
    [[[], ""], "argument `path`: must be a text that is not empty."],
    [[[], 7], "argument `path`: must be a text that is not empty."],
    [[[], "p", null], "the options must be an object."],
    [[[], "p", { rowGroupRows: 0 }], "option `rowGroupRows`: must be a whole number from 1 to 1000000."],
    [[[], "p", { rowGroupRows: 1.5 }], "option `rowGroupRows`: must be a whole number from 1 to 1000000."],
    [[[], "p", { rowGroupRows: "100" }], "option `rowGroupRows`: must be a whole number from 1 to 1000000."],
    [[[], "p", { signal: true }], "option `signal`: must be an AbortSignal."],
    [[[], "p", { rowGroups: 5 }], "unknown option `rowGroups`."],
  ])("%j are refused", async (parameters, message) => {
    const refused = invalid(...parameters);
    await expect(refused).rejects.toBeInstanceOf(RequestError);
    await expect(refused).rejects.toThrow(`writeParquet: ${message}`);
  });

  it.each<[unknown, string]>([
    [null, ""],
    ["call", ""],
    [{ ...fullCall, id: null }, " (field `id`: must be a text)"],
    [{ ...fullCall, startedAt: "2026-11-01" }, " (field `startedAt`: must be a valid Date or null)"],
    [{ ...fullCall, endedAt: new Date(Number.NaN) }, " (field `endedAt`: must be a valid Date or null)"],
    [{ ...fullCall, talkSeconds: 1.5 }, " (field `talkSeconds`: must be a whole number from 0 to 2147483647 or null)"],
    [
      { ...fullCall, ringSeconds: 2 ** 31 },
      " (field `ringSeconds`: must be a whole number from 0 to 2147483647 or null)",
    ],
    [{ ...fullCall, transferred: 1 }, " (field `transferred`: must be true or false or null)"],
    [{ ...fullCall, remark: 5 }, " (field `remark`: must be a text or null)"],
  ])("the call %j is refused", async (call, faults) => {
    await writeFile(path, "before");
    await expect(invalid([fullCall, call], path)).rejects.toThrow(
      new RequestError(
        `writeParquet: argument \`calls\`: item 2 must be a call record, as \`client.records\` returns it${faults}.`,
      ),
    );
    await expectUnchanged("before");
  });
});
