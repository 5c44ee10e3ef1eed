import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { archiveRecordings, type CallRecord, CheckpointError, type ManifestEntry, recordingPath } from "call-records";
import { closeWithFile } from "../closing.js";
import { DAY, detailsOf, itniotechAt, NOW, rejectionOf } from "../client/stage.js";
import { openRecordingStage } from "./stage.js";

const RANGE = { from: new Date(NOW - 3 * DAY), to: new Date(NOW) };
const OPERATION = "voice/getVoiceFile";

async function open(days = 2) {
  const stage = await openRecordingStage((emulator) => itniotechAt(emulator), { days, callsPerDay: 12 });
  const directory = join(mkdtempSync(join(tmpdir(), "archive-")), "recordings");
  closeWithFile(() => {
    rmSync(dirname(directory), { recursive: true, force: true });
  });
  const run = (options = {}) => archiveRecordings(stage.client, { ...RANGE, directory, ...options });
  const fetches = () => stage.emulator.requests.filter(({ operation }) => operation === OPERATION);
  return { ...stage, directory, run, fetches };
}

function manifestOf(directory: string): ManifestEntry[] {
  const [header = "", ...lines] = readFileSync(join(directory, "manifest.ndjson"), "utf8").trimEnd().split("\n");
  expect(JSON.parse(header)).toEqual({ format: "call-records recordings", version: 1 });
  return lines.map((line) => JSON.parse(line) as ManifestEntry);
}

/** Returns the paths of all files of an archive, without the manifest. */
function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(directory, name)).isFile() && !name.startsWith("manifest"))
    .sort();
}

/** Checks that each file has a line with its hash, and each line a file. */
function expectConsistent(directory: string): void {
  const stored = manifestOf(directory).filter(({ gone }) => gone === null);
  expect([...new Set(stored.map(({ path }) => path))].sort()).toEqual(filesOf(directory));
  for (const { path, bytes, sha256 } of stored) {
    const content = readFileSync(join(directory, path));
    expect({ bytes: content.byteLength, sha256: createHash("sha256").update(content).digest("hex") }).toEqual({
      bytes,
      sha256,
    });
  }
}

describe("an archive of recordings", () => {
  it("contains each recording once, the oldest first, and a second run fetches nothing", async () => {
    const { client, run, directory, fetches } = await open();
    const report = await run({ concurrency: 1 });
    expect(report).toMatchObject({ kept: 0, gone: [], failed: [] });
    expect(report.fetched).toBeGreaterThan(3);
    expect(report.accounts).toMatchObject([{ account: "itniotech", status: "complete" }]);
    expectConsistent(directory);
    const calls = await client.records({ ...RANGE, order: "time" }).toArray({ max: 1000 });
    const paths = calls.flatMap((call) => call.recordings.map((recording) => recordingPath(call, recording)));
    expect(manifestOf(directory).map(({ path }) => path)).toEqual(paths);
    const count = fetches().length;
    expect(await run()).toMatchObject({ fetched: 0, bytes: 0, kept: report.fetched });
    expect(fetches()).toHaveLength(count);
  });

  it("lists what is gone with the reason, and does not request it again", async () => {
    const { run, emulator, directory, fetches } = await open();
    emulator.inject("recording-gone", { vendor: "itniotech", operation: OPERATION });
    const { gone } = await run();
    expect(gone).toMatchObject([{ account: "itniotech", sha256: null, bytes: null }]);
    expect(gone[0]?.gone).toMatch(/does not exist/);
    expectConsistent(directory);
    const count = fetches().length;
    expect((await run()).gone).toEqual(gone);
    expect(fetches()).toHaveLength(count);
  });

  it("continues after a failure of one recording, and fetches it in the next run", async () => {
    const { run, emulator, directory } = await open();
    emulator.inject("recording-json", { vendor: "itniotech", operation: OPERATION });
    const first = await run();
    expect(first.failed).toMatchObject([{ account: "itniotech", error: { code: "response" } }]);
    expectConsistent(directory);
    expect(await run()).toMatchObject({ fetched: 1, kept: first.fetched, failed: [] });
    expectConsistent(directory);
  });

  it("is completed after a kill between any two steps, without a second fetch of a complete file", async () => {
    const { run, directory, fetches } = await open();
    await run();
    const count = fetches().length;
    const [first, second, third] = manifestOf(directory);
    const manifest = join(directory, "manifest.ndjson");
    const partOf = (path: string) =>
      join(directory, ".parts", `${createHash("sha256").update(path).digest("hex")}.part`);
    const move = (path: string) => {
      writeFileSync(partOf(path), readFileSync(join(directory, path)));
      rmSync(join(directory, path));
    };
    // The first was complete and had its line; the second was complete only in part; a third line was written in part.
    move(first?.path ?? "");
    move(second?.path ?? "");
    writeFileSync(partOf(second?.path ?? ""), "half");
    const text = readFileSync(manifest, "utf8");
    writeFileSync(
      manifest,
      `${text
        .split("\n")
        .filter((line) => !line.includes(third?.path ?? "no"))
        .join("\n")}{"path":"${third?.path ?? ""}`,
    );
    move(third?.path ?? "");
    expect(await run()).toMatchObject({ fetched: 2, gone: [], failed: [] });
    expect(fetches()).toHaveLength(count + 2);
    expectConsistent(directory);
    expect(readdirSync(join(directory, ".parts"))).toEqual([]);
  });

  it("fetches as many at once as allowed", async () => {
    const { client, directory } = await open();
    let [open_, most] = [0, 0];
    const slow = {
      capabilities: () => client.capabilities(),
      records: client.records.bind(client),
      async openRecording(...args: Parameters<typeof client.openRecording>) {
        open_ += 1;
        most = Math.max(most, open_);
        const opened = await client.openRecording(...args);
        opened.body.once("close", () => (open_ -= 1));
        return opened;
      },
    };
    await archiveRecordings(slow as unknown as typeof client, { ...RANGE, directory, concurrency: 3 });
    expect(most).toBe(3);
    expectConsistent(directory);
  });

  it.skipIf(!existsSync("/dev/full"))("reports a full disk, and leaves no partial file", async () => {
    const { client, directory, run } = await open();
    const onFullDisk = {
      capabilities: () => client.capabilities(),
      records: client.records.bind(client),
      async openRecording(call: CallRecord, query: { recording: CallRecord["recordings"][number] }) {
        const name = createHash("sha256").update(recordingPath(call, query.recording)).digest("hex");
        // Each write to this device fails as on a full disk.
        symlinkSync("/dev/full", join(directory, ".parts", `${name}.part`));
        return client.openRecording(call, query);
      },
    };
    const error = await rejectionOf(archiveRecordings(onFullDisk as unknown as typeof client, { ...RANGE, directory }));
    expect(error.message).toMatch(/is full \(ENOSPC\)\. Free some space and run it again/);
    expect(filesOf(directory)).toEqual([]);
    expect((await run()).fetched).toBeGreaterThan(3);
    expectConsistent(directory);
  });

  it.each([
    ['{"format":"call-records recordings","version":2}\n', /has the version 2/],
    ['{"some":"file"}\n', /is not the manifest/],
    ['{"format":"call-records recordings","version":1}\n{"path":1}\n', /line 2 is damaged/],
  ])("is not begun with the manifest %j", async (text, message) => {
    const { run, directory, fetches } = await open(1);
    mkdirSync(directory);
    writeFileSync(join(directory, "manifest.ndjson"), text);
    const error = await rejectionOf(run());
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error.message).toMatch(message);
    expect(fetches()).toEqual([]);
    expect(existsSync(join(directory, "manifest.ndjson.lock"))).toBe(false);
  });

  it("has one writer", async () => {
    const { run } = await open(1);
    const [first, second] = await Promise.allSettled([run(), run()]);
    const failed = [first, second].filter(({ status }) => status === "rejected");
    expect(failed).toMatchObject([{ reason: { code: "checkpoint" } }]);
  });

  it("ends at once when its signal is aborted, and continues in the next run", async () => {
    const { run, directory } = await open();
    const controller = new AbortController();
    const onProgress = () => {
      controller.abort();
    };
    const error = await rejectionOf(run({ signal: controller.signal, onProgress }));
    expect(detailsOf(error).code).toBe("aborted");
    expectConsistent(directory);
    const report = await run();
    expect(report.kept).toBeGreaterThan(0);
    expect(report.fetched).toBeGreaterThan(0);
    expectConsistent(directory);
  });
});

describe("the path of a recording", () => {
  const call = { account: "a", application: "1", id: "x", startedAt: new Date(NOW) };
  const recording = { id: "r", url: null, kind: "call" as const, transcriptUrl: null };

  it("depends on the key of the call and the recording only", () => {
    const path = recordingPath(call, recording);
    expect(path).toMatch(/^a\/2026-11-20\/x-[0-9a-f]{16}\.audio$/);
    const listedAgain: CallRecord["recordings"][number] = {
      ...recording,
      url: "https://h/a.mp3?sign=2",
      transcriptUrl: "https://h/t",
    };
    expect(recordingPath({ ...call, startedAt: "2026-11-20T12:00:00+08:00" }, { ...listedAgain, url: null })).toBe(
      path,
    );
    const signed = (sign: number) =>
      recordingPath(call, { ...recording, id: null, url: `https://h/a.mp3?sign=${sign}` });
    expect(signed(1)).toBe(signed(2));
    expect(signed(1)).toMatch(/\.mp3$/);
    const others = [
      { ...call, id: "y" },
      { ...call, application: "2" },
      { ...call, id: "X" },
    ];
    const paths = others.map((other) => recordingPath(other, recording).toLowerCase());
    expect(new Set([path, ...paths]).size).toBe(4);
  });

  it.each(["../../etc", "..", ".hidden", "a/b", "C:\\x", "语音", "x".repeat(500), "manifest.ndjson", ""])(
    "stays in the folder for the id %j",
    (text) => {
      const path = recordingPath({ ...call, account: text, id: text }, recording);
      const parts = path.split("/");
      expect(parts).toHaveLength(3);
      expect(parts[0]).not.toBe("manifest.ndjson");
      for (const part of parts) expect(part).toMatch(/^[\w-][\w.-]{0,150}$/);
    },
  );
});
