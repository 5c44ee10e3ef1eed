import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { type AccountAuditReport } from "call-records";
import { type CustomCall, startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { newFolder, run } from "./command.js";
import { expectNoSecret } from "./secrets.js";

const DAY_MS = 86_400_000;
const RANGE = ["--from", "7d", "--to", "4d"];
const AUDIT = ["audit", "--into", "sqlite:calls.db", ...RANGE];

let emulator: VendorEmulator;
let cwd: string;
let remark: string;
beforeEach(async () => {
  remark = "before";
  const call = (id: string, hours: number): CustomCall => ({
    id,
    startedAt: new Date(Date.now() - 6 * DAY_MS + hours * 3_600_000),
  });
  const changing = {
    ...call("900001", 0),
    row: {
      get remark() {
        return remark;
      },
    },
  };
  emulator = await startVendorEmulator({
    days: 8,
    callsPerDay: 0,
    activeCalls: 0,
    calls: { "itniotech": [changing, call("900002", 1), call("900003", 2)], "huawei-cec": [call("h", 3)] },
  });
  onTestFinished(() => emulator.close());
  cwd = await newFolder();
});

const command = async (args: readonly string[]) => {
  const outcome = await run(args, { cwd, env: emulator.environment() });
  expectNoSecret(emulator, outcome);
  return outcome;
};
const sync = () => command(["sync", "--into", "sqlite:calls.db", "--from", "7d", "--quiet"]);

/** Executes a statement in the database of the command. */
function execute(statement: string) {
  const database = new sqlite.Database(join(cwd, "calls.db"));
  try {
    return database.all(statement);
  } finally {
    database.close();
  }
}

const countsIn = (stdout: string) =>
  (JSON.parse(stdout) as AccountAuditReport[]).map(({ account, calls, missing, changed, delisted, repaired }) => [
    account,
    calls,
    missing,
    changed,
    delisted,
    repaired,
  ]);

describe("audit", () => {
  it("finds what differs, repairs it, and then finds nothing", async () => {
    expect((await sync()).code).toBe(0);
    const args = ["audit", "--into", "sqlite:calls.db", "--from", "160h", "--to", "4d", "--format", "json"];
    const exact = await command(args);
    expect(exact.code, exact.stderr).toBe(0);
    expect(countsIn(exact.stdout)).toEqual([
      ["tencent-ccc", 0, 0, 0, 0, 0],
      ["huawei-cec", 1, 0, 0, 0, 0],
      ["itniotech", 3, 0, 0, 0, 0],
    ]);
    remark = "after";
    execute("delete from call_records where id = '900003'");
    execute("update call_records set id = 'gone' where id = '900002'");

    const found = await command(args);
    expect(found.code).toBe(3);
    expect(countsIn(found.stdout)[2]).toEqual(["itniotech", 3, 2, 1, 1, 0]);
    expect(found.stderr).toMatch(/^itniotech {4}complete {3}3 calls compared, 2 missing, 1 changed, 1 delisted, /m);
    expect(found.stderr).toMatch(/^ +changed 900001, started \S+ \S+: remark$/m);
    expect(found.stderr).toMatch(/^ +delisted gone, started /m);
    expect(found.stderr).toContain(
      "To repair calls.db: call-records audit --into sqlite:calls.db --from 160h --to 4d --format json --repair\n",
    );

    const repaired = await command([...args, "--repair"]);
    expect(repaired.code, repaired.stderr).toBe(0);
    expect(countsIn(repaired.stdout)[2]).toEqual(["itniotech", 3, 2, 1, 1, 4]);
    const rows = execute(
      "select id, remark, delisted_at is null as listed from call_records where account = 'itniotech'",
    );
    expect(rows).toEqual(
      expect.arrayContaining([
        { id: "900001", remark: "after", listed: 1 },
        expect.objectContaining({ id: "gone", listed: 0 }),
      ]),
    );
    expect(rows).toHaveLength(4);
    expect((await command([...args, "--quiet"])).stderr).toBe("");
    expect((await command(["sync", "--into", "sqlite:calls.db", "--from", "7d"])).stderr).toContain(
      "calls.db: 0 calls added, 0 updated\n",
    );
  });

  it("prints a table, and names what the sync has not completed", async () => {
    // An empty file is a database without tables.
    await writeFile(join(cwd, "calls.db"), "");
    const { code, stdout, stderr } = await command([...AUDIT, "--format", "table", "--account", "itniotech"]);
    expect(code, stderr).toBe(3);
    expect(stdout.split("\n")[0]).toMatch(/^account +status +calls +missing +changed +delisted +repaired +requests$/);
    expect(stdout).toMatch(/^itniotech +partial +0 +0 +0 +0 +0 +0$/m);
    expect(stderr).toMatch(/not compared \S+ \S+ to \S+ \S+ \(not complete in the sync: run sync --into first\)/);
    expect(emulator.requests).toEqual([]);
  });

  it.each([
    [["audit", ...RANGE], "error: required option '--into <url>' is missing"],
    [["audit", "--into", "sqlite:calls.db"], "error: required option '--from <time>' or '--month <month>' is missing"],
    [
      ["audit", "--into", "sqlite:none.db", ...RANGE],
      "--into: none.db does not exist. `call-records sync --into` creates",
    ],
    [["audit", "--into", "oracle://host/calls", ...RANGE], "--into: must be postgres://…, mysql://…"],
    [[...AUDIT, "--columns", "none", "--format", "csv"], "--columns"],
  ])("refuses %j before any request", async (args, message) => {
    await writeFile(join(cwd, "calls.db"), "");
    const { code, stderr } = await command(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(emulator.requests).toEqual([]);
  });
});
