import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { beforeEach, describe, expect, it } from "vitest";
import type { VendorEmulator } from "call-records/testing";
import { startChangingVendors } from "./changing-vendors.js";
import { newFolder, run } from "./command.js";

const MASKED = ["--mask-key-env", "MASK_KEY"];
const key = "a key of the tests with 32 bytes";

let emulator: VendorEmulator;
beforeEach(async () => {
  ({ emulator } = await startChangingVendors());
});

const runWith = (args: readonly string[], cwd?: string, env: Record<string, string> = { MASK_KEY: key }) =>
  run(args, { env: { ...emulator.environment(), ...env }, ...(cwd === undefined ? {} : { cwd }) });

/** Returns the numbers of the calls in NDJSON. */
const numbersIn = (output: string) =>
  output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { record?: { caller: { number: string } }; caller?: { number: string } })
    .map(({ record, caller }) => (record?.caller ?? caller)?.number);

describe("--mask-key-env", () => {
  it("masks the calls of records and sync, and changes none of them again", async () => {
    const cwd = await newFolder();
    const plain = await runWith(["records", "--from", "3d", "--format", "ndjson"]);
    const masked = await runWith(["records", "--from", "3d", "--format", "ndjson", "--raw", ...MASKED]);
    expect(masked.code, masked.stderr).toBe(0);
    const numbers = numbersIn(plain.stdout).map(String);
    expect(numbers.length).toBeGreaterThan(2);
    for (const number of numbers.filter(({ length }) => length > 6)) expect(masked.stdout).not.toContain(number);
    for (const number of numbersIn(masked.stdout)) expect(number).toMatch(/^masked-/);
    const sync = ["sync", "--state", "calls.state", "--from", "3d", "--out", "calls.ndjson", ...MASKED];
    expect((await runWith(sync, cwd)).code).toBe(0);
    const written = await readFile(join(cwd, "calls.ndjson"), "utf8");
    expect(numbersIn(written)).toEqual(numbers.map(() => expect.stringMatching(/^masked-/) as string));
    expect((await runWith(sync, cwd)).code).toBe(0);
    expect(await readFile(join(cwd, "calls.ndjson"), "utf8")).toBe(written);
  });

  it("masks a database, which an audit with the key finds exact, and reads it for a report", async () => {
    const cwd = await newFolder();
    const into = ["--into", "sqlite:calls.db", "--from", "3d"];
    const synced = await runWith(["sync", ...into, ...MASKED], cwd);
    expect(synced.code, synced.stderr).toBe(0);
    const database = new sqlite.Database(join(cwd, "calls.db"));
    const rows = database.all("select caller_number from call_records where caller_number is not null");
    database.close();
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) expect(row.caller_number).toMatch(/^masked-/);
    expect((await runWith(["sync", ...into, ...MASKED], cwd)).stderr).toContain("0 calls added, 0 updated");
    const audit = await runWith(["audit", ...into, ...MASKED, "--format", "json"], cwd);
    expect(JSON.parse(audit.stdout)).toMatchObject([{ changed: 0, forgotten: 0 }, { changed: 0 }, { changed: 0 }]);
    const report = await runWith(
      ["report", "--from-database", "sqlite:calls.db", "--from", "3d", "--format", "json", ...MASKED],
      cwd,
    );
    expect(report.stdout).toContain('"totals"');
  });

  it("refuses a variable that is not set, a short key, and forgotten customers without a database", async () => {
    const refused = async (args: readonly string[], env: Record<string, string>) => {
      const { code, stdout, stderr } = await runWith(args, undefined, env);
      expect([code, stdout]).toEqual([2, ""]);
      return stderr;
    };
    const records = ["records", "--from", "3d", "--mask-key-env"];
    const notSet = await refused([...records, "0123456789abcdef"], {});
    expect(notSet).toContain("--mask-key-env: there is no such environment variable, or it is empty.");
    expect(notSet).not.toContain("0123456789abcdef");
    const short = await refused([...records, "MASK_KEY"], { MASK_KEY: "hunter2" });
    expect(short).toContain(
      "--mask-key-env: the key in the variable must be a text or a Uint8Array of at least 16 bytes",
    );
    expect(short).not.toContain("hunter2");
    const forget = ["sync", "--state", "calls.state", "--from", "3d", "--forget-key-env", "MASK_KEY"];
    expect(await refused(forget, { MASK_KEY: key })).toContain("--forget-key-env requires --into");
    const fromState = ["sync", "--into", "sqlite:calls.db", "--from", "3d", "--forget-key-env", "MASK_KEY"];
    expect(await refused(fromState, { MASK_KEY: "hunter2" })).toContain("--forget-key-env: the key in the variable");
  });
});
