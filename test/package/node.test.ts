import { readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { bundle } from "./bundle.js";
import { run } from "./run.js";
import { NODE_VERSIONS } from "./versions.js";

const consumer = inject("consumer");
const { version: VERSION } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

/** Returns the path of the executable of a version of Node. */
async function nodeOf(version: string): Promise<string> {
  return (
    await run("npx", ["--yes", "--package", `node@${version}`, "--call", "node -p process.execPath"], consumer)
  ).trim();
}

const readByAll = expect.objectContaining({
  "tencent-ccc": expect.any(Number) as number,
  "huawei-cec": expect.any(Number) as number,
  itniotech: expect.any(Number) as number,
}) as unknown;

describe.each(NODE_VERSIONS)("on Node %s", (version) => {
  it("can be imported, required and bundled", async () => {
    const node = await nodeOf(version);
    expect(await run(node, ["--version"], consumer)).toMatch(new RegExp(`^v${version}(\\.|$)`, "m"));
    const bundles = await Promise.all([bundle(consumer, "bundled.js", "esm"), bundle(consumer, "bundled.js", "cjs")]);
    for (const program of ["module.mjs", "commonjs.cjs", ...bundles]) {
      expect(JSON.parse(await run(node, [program], consumer)), program).toEqual(readByAll);
    }
  });

  it("runs as a command", async () => {
    const node = await nodeOf(version);
    const command = join(consumer, "node_modules", ".bin", "call-records");
    expect(await run(node, [command, "--version"], consumer)).toBe(`${VERSION}\n`);
    expect(await run(node, [command, "records", "--help"], consumer)).toContain("--from");
  });

  it("copies calls to a file of SQLite, with the driver of Node or an installed one", async () => {
    const node = await nodeOf(version);
    const folder = await mkdtemp(join(tmpdir(), "call-records-sqlite-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const command = join(consumer, "node_modules", ".bin", "call-records");
    const sync = ["sync", "--into", "sqlite:calls.db", "--from", "2d"];
    const copy = () => run(node, [command, "emulator", "--days", "2", "--", node, command, ...sync], folder);
    if (Number.parseInt(version) < 22) {
      await expect(copy()).rejects.toThrow("which is not installed. Run: npm install node-sqlite3-wasm");
      // As installed in the working folder.
      await mkdir(join(folder, "node_modules"));
      await symlink(
        join(process.cwd(), "node_modules/node-sqlite3-wasm"),
        join(folder, "node_modules/node-sqlite3-wasm"),
      );
    }
    await copy();
    const header = await readFile(join(folder, "calls.db"));
    expect(header.toString("latin1", 0, 15)).toBe("SQLite format 3");
    expect(header.length).toBeGreaterThan(100_000);
  });

  it("loads call-records/redis without ioredis, which the caller passes", async () => {
    const node = await nodeOf(version);
    const check = "if (typeof redis.redisRateLimiter !== 'function') throw new Error('no redisRateLimiter')";
    const imported = `import * as redis from "call-records/redis"; ${check}`;
    await run(node, ["--input-type=module", "--eval", imported], consumer);
    await run(node, ["--eval", `const redis = require("call-records/redis"); ${check}`], consumer);
  });

  it("loads call-records/bullmq with BullMQ and ioredis", async () => {
    const node = await nodeOf(version);
    const folder = await mkdtemp(join(tmpdir(), "call-records-bullmq-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const installed = join(consumer, "node_modules");
    // The package is copied, so that it finds the others here.
    await cp(join(installed, "call-records"), join(folder, "node_modules", "call-records"), { recursive: true });
    const others = (await readdir(installed)).filter((name) => name !== "call-records" && !name.startsWith("."));
    const sources = [...others, "bullmq", "ioredis"].map((name, index) =>
      join(index < others.length ? installed : join(process.cwd(), "node_modules"), name),
    );
    for (const source of sources) await symlink(source, join(folder, "node_modules", basename(source)));
    const check = "if (typeof bullmq.startSyncWorker !== 'function') throw new Error('no startSyncWorker')";
    await run(
      node,
      ["--input-type=module", "--eval", `import * as bullmq from "call-records/bullmq"; ${check}`],
      folder,
    );
    await run(node, ["--eval", `const bullmq = require("call-records/bullmq"); ${check}`], folder);
  });

  it("loads call-records/sql with Kysely", async () => {
    const node = await nodeOf(version);
    const check = "if (typeof sql.sqlDestination !== 'function') throw new Error('no sqlDestination')";
    await run(node, ["--input-type=module", "--eval", `import * as sql from "call-records/sql"; ${check}`], consumer);
    await run(node, ["--eval", `const sql = require("call-records/sql"); ${check}`], consumer);
  });
});
