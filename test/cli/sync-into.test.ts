import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import sqlite from "node-sqlite3-wasm";
import { beforeEach, describe, expect, it } from "vitest";
import type { VendorEmulator } from "call-records/testing";
import { type ChangingVendors, startChangingVendors } from "./changing-vendors.js";
import { newFolder, run } from "./command.js";
import { Running } from "./running.js";
import { expectNoSecret } from "./secrets.js";

const SYNC = ["sync", "--into", "sqlite:calls.db", "--from", "3d"];

let vendors: ChangingVendors;
let emulator: VendorEmulator;
let cwd: string;
beforeEach(async () => {
  vendors = await startChangingVendors();
  ({ emulator } = vendors);
  cwd = await newFolder();
});

const sync = async (args: readonly string[] = SYNC, env: Record<string, string> = {}) => {
  const outcome = await run(args, { cwd, env: { ...emulator.environment(), ...env } });
  expectNoSecret(emulator, outcome);
  return outcome;
};

/** Returns the ids and remarks of the stored calls. */
function stored(file = "calls.db"): Map<string, string | null> {
  const database = new sqlite.Database(join(cwd, file));
  try {
    const rows = database.all("select id, remark from call_records") as { id: string; remark: string | null }[];
    return new Map(rows.map(({ id, remark: text }) => [id, text]));
  } finally {
    database.close();
  }
}

const allIds = () => Object.values(emulator.truth).flatMap(({ calls }) => calls.map(({ id }) => id));

describe("sync --into", () => {
  it("copies each call once, and updates it when it has changed", async () => {
    const first = await sync();
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toBe("");
    expect(first.stderr).toMatch(/^itniotech {4}complete {5}3 changes, /m);
    expect(first.stderr).toContain("calls.db: 5 calls added, 0 updated\n");
    expect([...stored().keys()].sort()).toEqual(allIds().sort());
    expect((await sync([...SYNC, "--quiet"])).stderr).toBe("");
    vendors.first.remark = "after";
    expect((await sync()).stderr).toContain("calls.db: 0 calls added, 1 updated\n");
    expect([...stored().values()].filter((text) => text === "after")).toHaveLength(1);
    expect(await readdir(cwd)).toEqual(["calls.db"]);
  });

  it("accepts the name of an environment variable, and does not print what it contains", async () => {
    const { code, stderr } = await sync(["sync", "--into", "env:CALLS_DATABASE", "--from", "3d"], {
      CALLS_DATABASE: `sqlite://${join(cwd, "other.db")}`,
    });
    expect(code, stderr).toBe(0);
    expect(stored("other.db").size).toBe(5);
  });

  it("takes over the file of a killed process, but not that of a running one", async () => {
    expect((await sync()).code).toBe(0);
    const running = await Running.start([...SYNC, "--every", "1h"], { cwd, env: emulator.environment() });
    await running.until(({ stderr }) => stderr.includes("0 calls added"));
    const second = await sync();
    expect([second.code, second.stderr]).toEqual([
      1,
      expect.stringMatching(
        /calls\.db: The process \d+ on \S+ has this file open\. Wait for it to end, or stop it\.\n$/,
      ),
    ]);
    running.child.kill("SIGKILL");
    await running.outcome;
    // The driver's own lock is a folder, which remains as if the process had been killed within a transaction.
    await mkdir(join(cwd, "calls.db.lock"), { recursive: true });
    const third = await sync();
    expect(third.code, third.stderr).toBe(0);
    expect(stored().size).toBe(5);
  });

  it("prints the address of a server without its password", async () => {
    const url = "postgres://writer:hunter2@127.0.0.1:1/calls?sslpassword=hunter3";
    const { code, stderr } = await sync(["sync", "--into", url, "--from", "3d"]);
    expect(code).toBe(1);
    expect(stderr).toContain("error: --into: The database cannot be reached, or the connection was lost.");
    expect(stderr).not.toContain("migrate:");
    const running = await Running.start(["sync", "--into", url, "--from", "3d", "--every", "1h"], {
      cwd,
      env: emulator.environment(),
    });
    await running.until((one) => one.stderr.includes("cannot be reached"));
    running.child.kill("SIGINT");
    const stopped = await running.outcome;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain(
      "The calls and the checkpoint are in postgres://writer@127.0.0.1:1/calls. To continue: call-records sync --into 'postgres://writer:PASSWORD@127.0.0.1:1/calls?OPTIONS' --from 3d --every 1h\n",
    );
    expect(stderr + stopped.stderr).not.toContain("hunter");
  });

  it.each([
    [["--into", "oracle://host/calls"], "--into: must be postgres://…, mysql://…, sqlite:calls.db or env:NAME."],
    [["--into", "postgres://host"], "--into: must name a database after the host, such as postgres://host/calls."],
    [["--into", "postgres://writer:a#b/c@host/calls"], "--into: is not a valid URL. In a user or a password, write"],
    [["--into", "env:UNESCAPED"], "--into: the environment variable UNESCAPED is not a valid URL."],
    [["--into", "sqlite:"], "--into: sqlite: must be followed by the path of a file"],
    [["--into", "env:MISSING"], "--into: the environment variable MISSING is not set."],
    [["--into", "sqlite:calls.db", "--state", "s"], "--state cannot be used with --into"],
    [["--into", "sqlite:calls.db", "--out", "calls.csv"], "--out cannot be used with --into"],
    [[], "--into or --state is required"],
  ])("refuses %j before any request", async (args, message) => {
    const { code, stderr } = await sync(["sync", "--from", "3d", ...args], {
      UNESCAPED: "mysql://w:hunter#2/x@host/calls",
    });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).not.toContain("hunter");
    expect(emulator.requests).toEqual([]);
    expect(await readdir(cwd)).toEqual([]);
  });

  it("reports a file that cannot be opened", async () => {
    const { code, stderr } = await sync(["sync", "--into", "sqlite:missing/calls.db", "--from", "3d"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("missing/calls.db cannot be opened: ")]);
    expect(stderr).toContain("Its folder must exist, and you must be able to write the file and the folder.");
    expect(stderr).not.toContain("    at ");
    await expect(stat(join(cwd, "missing"))).rejects.toThrow();
  });
});
