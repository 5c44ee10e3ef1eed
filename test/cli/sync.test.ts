import { appendFile, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FileCheckpointStore, type SyncChange } from "call-records";
import type { VendorEmulator } from "call-records/testing";
import Papa from "papaparse";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type ChangingVendors, startChangingVendors } from "./changing-vendors.js";
import { newFolder, run } from "./command.js";
import { linesOf } from "./lines.js";
import { expectNoSecret } from "./secrets.js";

const SYNC = ["sync", "--state", "calls.state", "--from", "3d"];

let vendors: ChangingVendors;
let emulator: VendorEmulator;
let cwd: string;
beforeEach(async () => {
  vendors = await startChangingVendors();
  ({ emulator } = vendors);
  cwd = await newFolder();
});

const sync = async (...args: string[]) => {
  const outcome = await run([...SYNC, ...args], { cwd, env: emulator.environment() });
  expectNoSecret(emulator, outcome);
  return outcome;
};
const changesIn = (text: string) =>
  (linesOf(text) as SyncChange[]).map(({ type, record }) => `${type} ${record.account} ${record.id}`).sort();
const ids = (account: "itniotech" | "huawei-cec" | "tencent-ccc") =>
  emulator.truth[account].calls.map(({ id }) => `${account} ${id}`);
const everything = () =>
  [...ids("itniotech"), ...ids("huawei-cec"), ...ids("tencent-ccc")].map((one) => `new ${one}`).sort();

describe("sync", () => {
  it("prints each call once, and again as updated when it has changed", async () => {
    const first = await sync();
    expect(first.code, first.stderr).toBe(0);
    expect(changesIn(first.stdout)).toEqual(everything());
    expect(first.stderr).toMatch(/^itniotech {4}complete {5}3 changes, /m);
    const second = await sync("--quiet");
    expect([second.code, second.stdout, second.stderr]).toEqual([0, "", ""]);
    vendors.first.remark = "after";
    const third = await sync();
    expect(third.code).toBe(0);
    const [changed] = linesOf(third.stdout) as SyncChange[];
    expect([changed?.type, changed?.record.id, changed?.record.remark]).toEqual([
      "updated",
      emulator.truth.itniotech.calls[0]?.id,
      "after",
    ]);
    expect(linesOf(third.stdout)).toHaveLength(1);
  });

  it("prints the calls of a failed account in the next pass", async () => {
    const first = await run(SYNC, { cwd, env: { ...emulator.environment(), ITNIOTECH_API_SECRET: "wrong-key" } });
    expect(first.code).toBe(3);
    expect(first.stderr).toMatch(/^itniotech {4}failed /m);
    expect(changesIn(first.stdout)).toEqual(everything().filter((one) => !one.includes("itniotech")));
    const second = await sync();
    expect([second.code, changesIn(second.stdout)]).toEqual([
      0,
      everything().filter((one) => one.includes("itniotech")),
    ]);
  });
});

describe("sync --out with a file", () => {
  it("appends lines, and removes the incomplete line of a killed process", async () => {
    const out = join(cwd, "calls.ndjson");
    const first = await sync("--account", "huawei-cec", "--out", "calls.ndjson");
    expect([first.code, first.stdout]).toEqual([0, ""]);
    const before = await readFile(out, "utf8");
    expect(changesIn(before)).toEqual(everything().filter((one) => one.includes("huawei-cec")));
    await appendFile(out, '{"type":"new","record":{"provider":"itniot');
    const second = await sync("--out", "calls.ndjson");
    expect(second.code, second.stderr).toBe(0);
    const after = await readFile(out, "utf8");
    expect(after.startsWith(before)).toBe(true);
    expect(changesIn(after)).toEqual(everything());
    vendors.first.remark = "after";
    await sync("--out", "calls.ndjson");
    expect((await readFile(out, "utf8")).startsWith(after)).toBe(true);
    expect(changesIn(await readFile(out, "utf8"))).toEqual(
      [...everything(), `updated itniotech ${emulator.truth.itniotech.calls[0]?.id ?? ""}`].sort(),
    );
  });

  it("does not remove an incomplete line that is not from a sync", async () => {
    await writeFile(join(cwd, "notes.txt"), "one line\nand half a");
    const { code, stdout, stderr } = await sync("--out", "notes.txt");
    expect([code, stdout, stderr]).toEqual([
      2,
      "",
      "error: --out: notes.txt contains data that is not from a sync. Choose another file.\n",
    ]);
    expect(await readFile(join(cwd, "notes.txt"), "utf8")).toBe("one line\nand half a");
    expect(emulator.requests).toEqual([]);
  });

  it("refuses a start in the future or after the end", async () => {
    for (const range of [
      ["--from", "2099-01-01"],
      ["--from", "1d", "--to", "2d"],
    ]) {
      const { code, stderr } = await run(["sync", "--state", "calls.state", ...range], {
        cwd,
        env: emulator.environment(),
      });
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: --from must be earlier than --to: /)]);
    }
    expect(emulator.requests).toEqual([]);
  });

  it("does not announce to request calls that are older than the vendor's retention", async () => {
    const { code, stderr } = await run(
      ["sync", "--state", "calls.state", "--from", "400d", "--account", "tencent-ccc", "--out", "calls.ndjson"],
      { cwd, env: emulator.environment() },
    );
    expect(code, stderr).toBe(3);
    expect(stderr).toContain("(older than the vendor's retention)");
    expect(stderr).not.toContain("The next sync requests");
  });

  it("refuses a file with lines that are not from a sync, and its own state file", async () => {
    await writeFile(join(cwd, "notes.txt"), "one line\n");
    const foreign = await sync("--out", "notes.txt");
    expect([foreign.code, foreign.stderr]).toEqual([
      2,
      "error: --out: notes.txt contains data that is not from a sync. Choose another file.\n",
    ]);
    await symlink("calls.state", join(cwd, "link"));
    const own = await sync("--out", "link");
    expect([own.code, own.stderr]).toEqual([
      2,
      "error: --out and --state are the same file. Choose another file for --out.\n",
    ]);
    expect(emulator.requests).toEqual([]);
  });

  it("does not remove the incomplete line of a running process", async () => {
    const half = '{"type":"new","record":{"prov';
    await writeFile(join(cwd, "calls.ndjson"), half);
    const store = new FileCheckpointStore(join(cwd, "calls.state"));
    const release = await store.lock("itniotech");
    onTestFinished(() => release());
    const { code, stdout, stderr } = await sync("--out", "calls.ndjson");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`calls.state is being synced by process ${process.pid} on `);
    expect(await readFile(join(cwd, "calls.ndjson"), "utf8")).toBe(half);
    expect(emulator.requests).toEqual([]);
  });

  it.each([
    [
      ["--format", "csv", "--out", "calls.csv"],
      "--out: a file that is appended to must be ndjson. For csv, name a folder (with / at the end): each batch becomes a file in it.",
    ],
    [
      ["--format", "table", "--out", "calls.txt"],
      "--out: a file that is appended to must be ndjson. For table, name a folder (with / at the end): each batch becomes a file in it.",
    ],
    [
      ["--out", "calls.ndjson.gz"],
      "--out: a file that is appended to cannot be compressed. Use a name that does not end in .gz, or a folder.",
    ],
    [
      ["--out", "calls.NDJSON.GZ"],
      "--out: a file that is appended to cannot be compressed. Use a name that does not end in .gz, or a folder.",
    ],
    [["--format", "json"], "--format json is an array, which cannot be appended to. Use ndjson or csv."],
    [
      ["--out", "calls.json"],
      "--out: calls.json would be a JSON array, which cannot be appended to. Use a name that ends in .ndjson.",
    ],
    [["--columns", "id"], "--columns requires --format table or csv: ndjson contains every field."],
    [["--raw", "--format", "csv"], "--raw requires --format ndjson or json: csv cannot contain a vendor's row."],
    [["--every", "often"], '--every must be a span of at most 24d, such as 30s, 5m, 36h or 7d, not "often".'],
    [["--every", "0s"], '--every must be a span of at most 24d, such as 30s, 5m, 36h or 7d, not "0s".'],
    [
      ["--to", "never"],
      '--to must be a time such as 2026-11-01T09:00:00+08:00, a date such as 2026-11-01, one of today, yesterday, this-month, last-month, or a span before now such as 7d, not "never".',
    ],
    [["--out", "/dev/null"], "--out: /dev/null is not a regular file. To write to a pipe, omit --out."],
  ])("%j is a usage error, and nothing is sent or created", async (args, message) => {
    const { code, stdout, stderr } = await sync(...args);
    expect([code, stdout, stderr]).toEqual([2, "", `error: ${message}\n`]);
    expect(emulator.requests).toEqual([]);
    expect(await readdir(cwd)).toEqual([]);
  });

  it("requires --from", async () => {
    const { code, stderr } = await run(["sync", "--state", "x"], { env: emulator.environment() });
    expect([code, stderr]).toEqual([2, "error: required option '--from <time>' is missing\n"]);
  });
});

describe("sync --out with a folder", () => {
  it("adds a complete file for each batch, named by time and account", async () => {
    const { code, stdout, stderr } = await sync("--out", "calls/");
    expect([code, stdout], stderr).toEqual([0, ""]);
    const names = await readdir(join(cwd, "calls"));
    expect(names.length).toBeGreaterThanOrEqual(3);
    for (const name of names)
      expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-\d{6}-(itniotech|huawei-cec|tencent-ccc)\.ndjson$/);
    const texts = await Promise.all(names.map((name) => readFile(join(cwd, "calls", name), "utf8")));
    expect(texts.flatMap(changesIn).sort()).toEqual(everything());
    vendors.first.remark = "after";
    expect((await sync("--out", "calls")).code).toBe(0);
    const later = (await readdir(join(cwd, "calls"))).sort();
    expect(later.slice(0, -1)).toEqual([...names].sort());
    expect(changesIn(await readFile(join(cwd, "calls", later.at(-1) ?? ""), "utf8"))).toEqual([
      `updated itniotech ${emulator.truth.itniotech.calls[0]?.id ?? ""}`,
    ]);
  });

  it("begins each CSV file with the columns", async () => {
    await mkdir(join(cwd, "calls"));
    const { code, stderr } = await sync("--out", "calls", "--format", "csv");
    expect(code, stderr).toBe(0);
    const names = await readdir(join(cwd, "calls"));
    expect(names.length).toBeGreaterThanOrEqual(3);
    for (const name of names) {
      const { data } = Papa.parse<Record<string, string>>(await readFile(join(cwd, "calls", name), "utf8"), {
        header: true,
        newline: "\r\n",
        skipEmptyLines: true,
      });
      expect(data.length).toBeGreaterThan(0);
      for (const row of data) {
        expect(Object.keys(row).slice(0, 5)).toEqual(["change", "account", "provider", "application", "id"]);
        expect(row.change).toBe("new");
      }
    }
  });
});

describe("--state", () => {
  it.each(["not a state at all\n", '{"format":"something else"}\n'])(
    "with other content causes an error, and is not changed: %j",
    async (text) => {
      await writeFile(join(cwd, "calls.state"), text);
      const { code, stdout, stderr } = await sync();
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toMatch(/calls\.state .*It has not been changed\./);
      expect(await readFile(join(cwd, "calls.state"), "utf8")).toBe(text);
      expect(emulator.requests).toEqual([]);
    },
  );

  it("in a folder that does not exist causes an error before a request is sent", async () => {
    const { code, stdout, stderr } = await run(["sync", "--state", "absent/calls.state", "--from", "1d"], {
      cwd,
      env: emulator.environment(),
    });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("absent/calls.state cannot be read or written: ENOENT.");
    expect(emulator.requests).toEqual([]);
  });
});
