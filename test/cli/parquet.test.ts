import { spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readParquet } from "../destinations/parquet-file.js";
import { outcomeOf } from "../outcome.js";
import { CLI, environment, newFolder, run } from "./command.js";
import { linesOf } from "./lines.js";

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 4, callsPerDay: 50, activeCalls: 0 });
});
afterAll(() => emulator.close());

// Fixed, so that two runs read the same calls.
const to = new Date().toISOString();
const from = new Date(Date.now() - 3 * 86_400_000).toISOString();

const records = (cwd: string, args: readonly string[]) =>
  run(["records", "--from", from, "--to", to, "--order", "time", ...args], { cwd, env: emulator.environment() });

describe("records --out calls.parquet", () => {
  it("writes the same calls as ndjson", async () => {
    const cwd = await newFolder();
    const ndjson = linesOf((await records(cwd, ["--raw"])).stdout) as Record<string, unknown>[];
    const { code, stderr } = await records(cwd, ["--raw", "--out", "calls.parquet"]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain("Written to calls.parquet.");
    const { rows } = await readParquet(join(cwd, "calls.parquet"));
    expect(rows.length).toBeGreaterThan(100);
    const keysOf = (list: readonly Record<string, unknown>[]) =>
      list.map(({ account, application, id, raw }) => JSON.stringify([account, application ?? "", id, raw]));
    expect(keysOf(rows)).toEqual(keysOf(ndjson));
    expect(await readdir(cwd)).toEqual(["calls.parquet"]);
  });

  it("has an empty column raw without --raw, and a limit", async () => {
    const cwd = await newFolder();
    const { code } = await records(cwd, ["--limit", "7", "--out", "CALLS.Parquet"]);
    expect(code).toBe(0);
    const { rows } = await readParquet(join(cwd, "CALLS.Parquet"));
    expect(rows.map(({ raw }) => raw)).toEqual(Array.from({ length: 7 }, () => null));
  });

  it("is a whole file without calls", async () => {
    const cwd = await newFolder();
    expect((await records(cwd, ["--number", "+861999", "--out", "calls.parquet"])).code).toBe(0);
    expect((await readParquet(join(cwd, "calls.parquet"))).rows).toEqual([]);
  });

  it("is written when calls are missing, as the other formats are, and not when nothing was read", async () => {
    const cwd = await newFolder();
    const env = emulator.environment();
    const refused = { HUAWEI_CEC_APP_SECRET: "wrong" };
    const partly = await run(["records", "--from", "3d", "--out", "calls.parquet"], {
      cwd,
      env: { ...env, ...refused },
    });
    expect(partly.code, partly.stderr).toBe(3);
    const accounts = new Set((await readParquet(join(cwd, "calls.parquet"))).rows.map(({ account }) => account));
    expect([...accounts].sort()).toEqual(["itniotech", "tencent-ccc"]);
    await writeFile(join(cwd, "calls.parquet"), "before");
    const failed = await run(["records", "--from", "3d", "--account", "huawei-cec", "--out", "calls.parquet"], {
      cwd,
      env: { ...env, ...refused },
    });
    expect(failed.code, failed.stderr).toBe(1);
    expect(await readFile(join(cwd, "calls.parquet"), "utf8")).toBe("before");
    expect(await readdir(cwd)).toEqual(["calls.parquet"]);
  });

  it("is printed to a pipe with --format parquet", async () => {
    const cwd = await newFolder();
    const command = `'${process.execPath}' '${CLI}' records --from 3d --limit 5 --format parquet | cat > piped`;
    const { code, stderr } = await outcomeOf(
      spawn("sh", ["-c", command], {
        cwd,
        env: environment(emulator.environment()),
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
    expect(code, stderr).toBe(0);
    expect((await readParquet(join(cwd, "piped"))).rows).toHaveLength(5);
  });

  it.each([
    [["--out", "calls.parquet", "--columns", "id"], "--columns requires --format table or csv: parquet contains"],
    [["--out", "calls.parquet", "--for", "excel"], "--for excel requires --format csv: parquet is not"],
    [["--out", "calls.parquet.gz"], "--out: Parquet is compressed already. Use a name that does not end in .gz."],
    [["--out", "calls.gz", "--format", "parquet"], "--out: Parquet is compressed already."],
    [["--out", "/dev/tty", "--format", "parquet"], "a terminal cannot show Parquet"],
  ])("with %j is refused", async (args, message) => {
    const cwd = await newFolder();
    const { code, stderr } = await records(cwd, args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(await readdir(cwd)).toEqual([]);
  });
});

it.each([["usage", "--from", "3d"], ["active"], ["providers"], ["sync", "--state", "calls.state", "--from", "3d"]])(
  "%s refuses to write Parquet",
  async (...args) => {
    const cwd = await newFolder();
    const { code, stderr } = await run([...args, "--out", "calls.parquet"], { cwd, env: emulator.environment() });
    expect(code).toBe(2);
    expect(stderr).toContain("--out: only the command records writes Parquet.");
    expect(await readdir(cwd)).not.toContain("calls.parquet");
    const named = await run([...args, "--format", "parquet"], { cwd, env: emulator.environment() });
    expect(named.code).toBe(2);
    expect(named.stderr).toContain("Allowed choices are table, ndjson, json, csv.");
  },
);
