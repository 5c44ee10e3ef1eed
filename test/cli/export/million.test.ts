import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Message } from "../../bench/process.js";
import { BETWEEN_STARTS, FIRST_START, type Volume } from "../../bench/volume.js";
import { CLI, environment, newFolder } from "../command.js";

const MILLION = 1_000_000;
const FIFTH = 200_000;
/**
 * Limit of the heap in megabytes. V8 collects garbage late if memory is available, so a low limit makes the peak close to what is needed (about 45). If rows
 * were kept, they would not fit.
 */
const HEAP_MEGABYTES = 96;
/** The same limit as in the benchmark. 800,000 rows in memory would need 400 MB or more. */
const MAX_MEGABYTES = 64;
/** The first id of the volume vendor's calls. The ids are consecutive. */
const FIRST_ID = 700_000_000;
/** Makes the process write its peak memory to descriptor 3 at its end. */
const REPORT_PEAK = `data:text/javascript,import fs from "node:fs"; process.on("exit", () => fs.writeSync(3, fs.readFileSync("/proc/self/status", "utf8").match(/VmHWM:\\s*(\\d+)/)[1]));`;

let endpoint: string;
beforeAll(async () => {
  const vendor = fork(fileURLToPath(new URL("../../bench/processes/volume-vendor.ts", import.meta.url)), [], {
    execArgv: ["--import", "tsx"],
    serialization: "advanced",
  });
  vendor.send({ vendors: 1, calls: MILLION, rows: "full" } satisfies Volume);
  const [{ result }] = (await once(vendor, "message")) as [Message];
  [endpoint] = result as [string];
  return () => {
    vendor.disconnect();
  };
});

/** Exports this number of rows, and returns the peak memory in megabytes. */
async function exportRows(rows: number, args: readonly string[], cwd: string): Promise<number> {
  await writeFile(
    join(cwd, "call-records.config.json"),
    JSON.stringify({
      accounts: [
        {
          provider: "itniotech",
          apiKey: "key",
          apiSecret: { env: "SECRET" },
          endpoint,
          longestCallSeconds: 0,
          rate: { requestsPerSecond: 100_000 },
        },
      ],
    }),
  );
  const range = [
    "--from",
    new Date(FIRST_START).toISOString(),
    "--to",
    new Date(FIRST_START + rows * BETWEEN_STARTS).toISOString(),
  ];
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MEGABYTES}`, "--import", REPORT_PEAK, CLI, "records", ...range, ...args],
    { cwd, env: environment({ SECRET: "secret" }), stdio: ["ignore", "ignore", "pipe", "pipe"] },
  );
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let peak = "";
  (child.stdio[3] as Readable).on("data", (part: Buffer) => (peak += part.toString()));
  let stderr = "";
  child.stderr?.on("data", (part: Buffer) => (stderr += part.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  expect(code, stderr).toBe(0);
  // Progress is reported in lines, without a bar.
  // eslint-disable-next-line no-control-regex -- control characters are the subject of the test
  expect(stderr).not.toMatch(/[\r\u001b█░]/);
  expect(stderr).toContain(`${rows.toLocaleString("en-US")} calls`);
  return Math.round(Number(peak) / 1024);
}

/** Checks that a text contains each call exactly once. @throws when a call is missing, repeated or unknown. */
async function expectEachOnce(text: Readable, idOf: (line: string) => string | undefined): Promise<void> {
  const seen = new Uint8Array(MILLION);
  for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    const id = idOf(line);
    if (id === undefined) continue;
    const index = Number(id) - FIRST_ID;
    if (!(index >= 0 && index < MILLION)) throw new Error(`No such call: ${line}`);
    seen[index] = (seen[index] ?? 0) + 1;
  }
  expect(seen.findIndex((times) => times !== 1)).toBe(-1);
}

describe("a million rows", () => {
  it("are exported to a compressed CSV file, each once, in constant memory", async () => {
    const cwd = await newFolder();
    const fifth = await exportRows(FIFTH, ["--format", "csv", "--out", "fifth.csv.gz"], cwd);
    const million = await exportRows(MILLION, ["--format", "csv", "--out", "million.csv.gz"], cwd);
    const lines = createReadStream(join(cwd, "million.csv.gz")).pipe(createGunzip());
    await expectEachOnce(lines, (line) => (line.startsWith("account,") ? undefined : (line.split(",")[3] ?? "none")));
    // The log shows how close the peak is to the limit.
    console.log(`at most ${fifth} MB for ${FIFTH} rows, ${million} MB for ${MILLION}`);
    expect(million - fifth).toBeLessThan(MAX_MEGABYTES);
  });
});
