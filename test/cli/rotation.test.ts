import {
  chmod,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import type { SyncBatch, SyncChange } from "call-records";
import { Zone } from "call-records/adapter";
import { startVendorEmulator } from "call-records/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { ChangeLog } from "../../src/cli/output/change-log.js";
import { openChangeLog } from "../../src/cli/output/open-change-log.js";
import { changeColumns } from "../../src/cli/output/call-tables.js";
import { openPrinter } from "../../src/cli/output/format.js";
import { ndjsonPrinter } from "../../src/cli/output/json.js";
import { newFolder } from "./command.js";
import { linesOf } from "./lines.js";
import { Running } from "./running.js";
import { shell } from "./shell.js";

/** Returns a batch with one change, and with only the fields that a log reads. */
const batch = (id: string) => ({ account: "one", changes: [{ type: "new", record: { id } }] }) as unknown as SyncBatch;
const idsIn = async (path: string) =>
  (linesOf(await readFile(path, "utf8")) as SyncChange[]).map(({ record }) => record.id);

async function openLog(out: string): Promise<ChangeLog> {
  const log = await openChangeLog(
    out,
    { format: "ndjson", openPrinter: () => Promise.resolve(ndjsonPrinter) },
    new AbortController().signal,
  );
  onTestFinished(() => log.close());
  return log;
}

/** Runs `act` after a batch was written and before it is known to be on the disk, as another program would. By default, this happens once. */
async function betweenWriteAndCommit(act: () => Promise<unknown>, times = 1): Promise<void> {
  const handle = await open(process.execPath, "r");
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  let left = times;
  const spy = vi.spyOn(prototype, "datasync").mockImplementation(async () => {
    if (left > 0) await act();
    left -= 1;
  });
  onTestFinished(() => {
    spy.mockRestore();
  });
}

describe("a change log that another program rotates", () => {
  it.each<[string, (path: string) => Promise<unknown>]>([
    ["removes", (path) => rm(path)],
    ["renames", (path) => rename(path, `${path}.1`)],
    ["renames and recreates", (path) => rename(path, `${path}.1`).then(() => writeFile(path, ""))],
    [
      "replaces by another sync's file",
      (path) =>
        writeFile(`${path}.new`, '{"type":"new","record":{"id":"theirs"}}\n').then(() => rename(`${path}.new`, path)),
    ],
    ["truncates", (path) => truncate(path)],
  ])("(%s) between two batches receives the later batches", async (_, rotate) => {
    const path = join(await newFolder(), "calls.ndjson");
    const log = await openLog(path);
    await log.take(batch("first"));
    await rotate(path);
    await log.take(batch("second"));
    await log.take(batch("third"));
    expect((await idsIn(path)).filter((id) => id !== "theirs")).toEqual(["second", "third"]);
  });

  it.each<[string, (path: string) => Promise<unknown>]>([
    ["removes", (path) => rm(path)],
    ["renames", (path) => rename(path, `${path}.1`)],
    ["truncates", (path) => truncate(path)],
  ])("(%s) between the write and the commit receives the batch again", async (_, rotate) => {
    const path = join(await newFolder(), "calls.ndjson");
    const log = await openLog(path);
    await log.take(batch("first"));
    await betweenWriteAndCommit(() => rotate(path));
    await log.take(batch("second"));
    await log.take(batch("third"));
    expect((await idsIn(path)).filter((id) => id !== "first")).toEqual(["second", "third"]);
  });

  it("at every write causes an error, and the batch is not accepted", async () => {
    const path = join(await newFolder(), "calls.ndjson");
    const log = await openLog(path);
    await betweenWriteAndCommit(() => rm(path), Number.POSITIVE_INFINITY);
    await expect(log.take(batch("first"))).rejects.toThrow(
      `${path}: another program replaced or truncated the file 5 times while one batch was written.`,
    );
  });

  it("and replaces by other data is not changed, and the batch is not accepted", async () => {
    const path = join(await newFolder(), "calls.ndjson");
    const log = await openLog(path);
    await log.take(batch("first"));
    await rm(path);
    await writeFile(path, "Remember the milk.");
    await expect(log.take(batch("second"))).rejects.toThrow("contains data that is not from a sync");
    expect(await readFile(path, "utf8")).toBe("Remember the milk.");
  });

  it("keeps its permissions", async () => {
    const path = join(await newFolder(), "calls.ndjson");
    await writeFile(path, "");
    await chmod(path, 0o600);
    const log = await openLog(path);
    await log.take(batch("first"));
    await rename(path, `${path}.1`);
    await log.take(batch("second"));
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe("600");
  });

  it("by changing a link is continued at the new target of the link", async () => {
    const folder = await newFolder();
    const [link, monday, tuesday] = [join(folder, "calls.ndjson"), join(folder, "monday"), join(folder, "tuesday")];
    await symlink(monday, link);
    const log = await openLog(link);
    await log.take(batch("first"));
    await rm(link);
    await symlink(tuesday, link);
    await log.take(batch("second"));
    expect([await idsIn(monday), await idsIn(tuesday)]).toEqual([["first"], ["second"]]);
  });

  it("leaves no file open", async () => {
    const path = join(await newFolder(), "calls.ndjson");
    const log = await openLog(path);
    const openFiles = () => readdir("/proc/self/fd").then(({ length }) => length);
    await log.take(batch("first"));
    const before = await openFiles();
    for (let rotation = 0; rotation < 20; rotation += 1) {
      await rm(path);
      await log.take(batch("next"));
    }
    expect(await openFiles()).toBeLessThanOrEqual(before);
  });
});

describe("a folder of changes that another program moves", () => {
  const openFolder = async (out: string) =>
    openChangeLog(
      out,
      {
        format: "csv",
        openPrinter: () => openPrinter({ format: "csv", columns: "id" }, changeColumns, Zone.named("UTC")),
      },
      new AbortController().signal,
    );

  it.each<[string, (path: string) => Promise<unknown>]>([
    ["removes", (path) => rm(path, { recursive: true })],
    ["renames", (path) => rename(path, `${path}.1`)],
  ])("(%s) is created again, and each file begins with the columns", async (_, rotate) => {
    const folder = join(await newFolder(), "calls");
    const log = await openFolder(`${folder}/`);
    await log.take(batch("first"));
    await rotate(folder);
    await log.take(batch("second"));
    const names = await readdir(folder);
    expect(names).toHaveLength(1);
    expect(await readFile(join(folder, names[0] ?? ""), "utf8")).toBe("id\r\nsecond\r\n");
  });

  it("accepts further batches after a reader has removed its files", async () => {
    const folder = join(await newFolder(), "calls");
    const log = await openFolder(`${folder}/`);
    for (const id of ["first", "second"]) {
      await log.take(batch(id));
      const names = await readdir(folder);
      expect(names).toHaveLength(1);
      for (const name of names) await rm(join(folder, name));
    }
  });

  it("accepts labels of any length and script, each with a different file name", async () => {
    const folder = join(await newFolder(), "calls");
    await mkdir(folder);
    const log = await openFolder(folder);
    const labels = ["客".repeat(24), `${"客".repeat(23)}户`, "x".repeat(5000), "*", "\ud800", "🎧".repeat(100)];
    for (const account of labels) await log.take({ ...batch("x"), account });
    const accounts = (await readdir(folder)).map((name) => name.slice("2026-01-01T00-00-00.000Z-000001-".length));
    expect(new Set(accounts).size).toBe(labels.length);
    expect(accounts.every((name) => /^[\w%-]+\.csv$/.test(name))).toBe(true);
  });
});

it("a running sync loses no row in a rotation", async () => {
  const began = Date.now() - 86_400_000;
  let remark = "first";
  const emulator = await startVendorEmulator({
    days: 3,
    callsPerDay: 0,
    activeCalls: 0,
    calls: {
      itniotech: [
        {
          startedAt: new Date(began),
          row: {
            get remark() {
              return remark;
            },
          },
        },
      ],
    },
  });
  onTestFinished(() => emulator.close());
  const cwd = await newFolder();
  const path = join(cwd, "calls.ndjson");
  const running = await Running.start(
    [
      "sync",
      "--state",
      "calls.state",
      "--from",
      "2d",
      "--account",
      "itniotech",
      "--every",
      "1s",
      "--out",
      "calls.ndjson",
    ],
    { cwd, env: emulator.environment() },
  );
  const remarks = async () =>
    (linesOf(await readFile(path, "utf8").catch(() => "")) as SyncChange[]).map(({ record }) => record.remark);
  await expect.poll(remarks, { timeout: 30_000 }).toEqual(["first"]);
  for (const [next, rotate] of [
    ["second", () => rm(path)],
    ["third", () => rename(path, `${path}.1`)],
    ["fourth", () => truncate(path)],
  ] as const) {
    await rotate();
    remark = next;
    await expect.poll(remarks, { timeout: 30_000 }).toEqual([next]);
  }
  running.child.kill("SIGTERM");
  expect((await running.outcome).code).toBe(143);
});

it("a sync into a removed file that the shell opened does not commit the lost batch", async () => {
  const emulator = await startVendorEmulator({ days: 3, callsPerDay: 10, activeCalls: 0 });
  onTestFinished(() => emulator.close());
  const cwd = await newFolder();

  const sync = "call-records sync --state calls.state --from 2d --account itniotech";
  const lost = await shell(`exec > calls.ndjson; rm calls.ndjson; ${sync}`, { cwd, env: emulator.environment() });
  expect(lost.code).toBe(1);
  expect(lost.stderr).toContain("Standard output is a file that another program has removed");
  const again = await shell(sync, { cwd, env: emulator.environment() });
  expect([again.code, linesOf(again.stdout).length]).toEqual([
    0,
    emulator.truth.itniotech.calls.filter(({ startedAt }) => startedAt.getTime() > Date.now() - 2 * 86_400_000).length,
  ]);
});
