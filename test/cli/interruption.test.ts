import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { callRecordSchema } from "call-records";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { newFolder, run } from "./command.js";
import { CTRL_C, PseudoTerminal } from "./pseudo-terminal.js";
import { Running } from "./running.js";

/** A range in the past, whose calls no longer change. */
const DAY_MS = 86_400_000;
const TO = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS);
const FROM = new Date(TO.getTime() - 14 * DAY_MS);
const RANGE = ["--from", FROM.toISOString(), "--to", TO.toISOString()];

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 17, callsPerDay: 60, latencyMs: 60, activeCalls: 0 });
});
afterAll(() => emulator.close());

/** Returns the calls in the range as `account id`, by default of all vendors. */
function truth(accounts?: string): string[] {
  return Object.entries(emulator.truth)
    .filter(([account]) => accounts === undefined || account === accounts)
    .flatMap(([account, { calls }]) =>
      calls.filter(({ startedAt }) => startedAt >= FROM && startedAt < TO).map(({ id }) => `${account} ${id}`),
    )
    .sort();
}

function callsIn(ndjson: string): string[] {
  return ndjson
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const { account, id } = callRecordSchema.parse(JSON.parse(line));
      return `${account} ${id}`;
    });
}

function changesIn(ndjson: string): string[] {
  return ndjson
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const { record } = JSON.parse(line) as { record: { account: string; id: string } };
      return `${record.account} ${record.id}`;
    });
}

const unique = (calls: readonly string[]) => [...new Set(calls)].sort();

/** Splits a printed command into its words. It must not contain quotes. */
function wordsOf(line: string): string[] {
  const [program, ...words] = line.trim().split(" ");
  expect(program).toBe("call-records");
  return words;
}

describe("Ctrl-C", () => {
  it("ends records, and prints commands that fetch exactly the rest", async () => {
    const env = emulator.environment();
    const running = await Running.start(["records", ...RANGE], { env });
    await running.until(({ stdout }) => stdout.includes("\n"));
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.outcome;
    expect(code, stderr).toBe(130);
    const first = callsIn(stdout);
    expect(unique(first).length).toBeLessThan(truth().length);
    expect(first).toHaveLength(unique(first).length);

    const commands = stderr.split("\n").filter((line) => line.includes("call-records records --from"));
    expect(commands.length, stderr).toBeGreaterThan(0);
    const rest: string[] = [];
    for (const command of commands) {
      const fetched = await run(wordsOf(command), { env });
      expect(fetched.code, fetched.stderr).toBe(0);
      rest.push(...callsIn(fetched.stdout));
    }
    expect(unique([...first, ...rest])).toEqual(truth());
  });

  it("leaves no complete or partial file, and prints the command to start again", async () => {
    const env = emulator.environment();
    const cwd = await newFolder();
    const running = await Running.start(
      ["records", ...RANGE, "--out", "calls of mine.csv.gz", "--format", "csv", "--verbose"],
      { env, cwd },
    );
    await running.until(({ stderr }) => stderr.includes("HTTP 200"));
    running.child.kill("SIGINT");
    const { code, stdout, stderr } = await running.outcome;
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(await readdir(cwd)).toEqual([]);
    expect(stderr).toContain(
      `To start again: call-records records --from ${FROM.toISOString()} --to ${TO.toISOString()} --format csv --out 'calls of mine.csv.gz' --verbose`,
    );
  });

  it("ends sync, and the same command continues: each call is written once", async () => {
    const env = emulator.environment();
    const cwd = await newFolder();
    const args = ["sync", ...RANGE, "--state", "state", "--out", "calls.ndjson"];
    const running = await Running.start([...args, "--verbose"], { env, cwd });
    // Enough responses that some batches have been committed.
    await running.until(({ stderr }) => (stderr.match(/HTTP 200/g)?.length ?? 0) > 12);
    running.child.kill("SIGINT");
    const { code, stderr } = await running.outcome;
    expect(code, stderr).toBe(130);
    const words = wordsOf(/To continue: (.*)/.exec(stderr)?.[1] ?? "");
    const before = changesIn(await readFile(join(cwd, "calls.ndjson"), "utf8"));
    expect(before.length).toBeLessThan(truth().length);

    const again = await run(words, { env, cwd });
    expect(again.code, again.stderr).toBe(0);
    const all = changesIn(await readFile(join(cwd, "calls.ndjson"), "utf8"));
    expect(all.slice(0, before.length)).toEqual(before);
    expect([...all].sort()).toEqual(truth());
  });

  it.each([[[]], [["--every", "1s"]], [["--quiet"]], [["--format", "csv"]]])(
    "ends sync to a pipe, and reports only the checkpoint: %j",
    async (options) => {
      for (const [signal, expected] of [
        ["SIGINT", 130],
        ["SIGTERM", 143],
      ] as const) {
        const args = ["sync", ...RANGE, "--state", "state", ...options];
        const running = await Running.start(args, { env: emulator.environment() });
        await running.until(({ stdout }) => stdout.split("\n").length > 2);
        running.child.kill(signal);
        const { code, stderr } = await running.outcome;
        expect(code, stderr).toBe(expected);
        expect(stderr.match(/^Stopped.*$/gm)).toEqual([
          expect.stringMatching(
            /^Stopped\. The checkpoint is in state\. To continue: call-records sync --state state /,
          ),
        ]);
      }
    },
  );

  it("ends sync on a terminal, and reports only the checkpoint", async () => {
    const terminal = await PseudoTerminal.open(["sync", ...RANGE, "--state", "state"], {
      columns: 200,
      env: emulator.environment(),
    });
    await terminal.until(({ lines }) => lines.length > 2);
    terminal.press(CTRL_C);
    expect(await terminal.code).toBe(130);
    expect(terminal.written.match(/Stopped\.[^.]*\./g)).toEqual(["Stopped. The checkpoint is in state."]);
  });

  it.each(["usage", "doctor", "active"])("ends %s, which prints one message", async (command) => {
    const hanging = await startHanging();
    const env = { ...emulator.environment(), ...hanging.env };
    const running = await Running.start([command, ...(command === "usage" ? ["--from", "1d"] : [])], { env });
    await hanging.requested;
    running.child.kill("SIGTERM");
    const { code, stdout, stderr } = await running.outcome;
    expect({ code, stdout }).toEqual({ code: 143, stdout: "" });
    expect(stderr).toBe("Stopped. Nothing was printed. Run the command again.\n");
  });
});

describe("sync --every", () => {
  it("repeats its passes until SIGTERM", async () => {
    const cwd = await newFolder();
    const running = await Running.start(
      ["sync", ...RANGE, "--account", "itniotech", "--state", "state", "--out", "calls/", "--every", "1s"],
      { env: emulator.environment(), cwd },
    );
    await running.until(({ stderr }) => (stderr.match(/itniotech +complete/g)?.length ?? 0) >= 3);
    running.child.kill("SIGTERM");
    const { code, stderr } = await running.outcome;
    expect(code, stderr).toBe(143);
    expect(stderr).toContain("Stopped. The checkpoint is in state. To continue: call-records sync");
    const names = (await readdir(join(cwd, "calls"))).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(cwd, "calls", name), "utf8")));
    expect(changesIn(texts.join("")).sort()).toEqual(truth("itniotech"));
  });
});

describe("the second Ctrl-C", () => {
  it("ends a command immediately whose output nobody reads", async () => {
    const running = await Running.start(["records", ...RANGE, "--verbose"], { env: emulator.environment() }, false);
    // More data was requested than a pipe buffers.
    await running.until(({ stderr }) => (stderr.match(/HTTP 200/g)?.length ?? 0) > 8);
    running.child.kill("SIGINT");
    await running.until(({ stderr }) => stderr.includes("Stopped."));
    running.child.kill("SIGINT");
    await new Promise((resolve) => running.child.once("exit", resolve));
    expect(running.child.exitCode).toBe(130);
    running.read();
    await running.outcome;
  });

  it("is not needed if nobody reads a named pipe", async () => {
    const cwd = await newFolder();
    await promisify(execFile)("mkfifo", [join(cwd, "pipe")]);
    const reader = await open(join(cwd, "pipe"), constants.O_RDONLY | constants.O_NONBLOCK);
    onTestFinished(() => reader.close());
    const running = await Running.start(["records", ...RANGE, "--out", "pipe", "--verbose"], {
      env: emulator.environment(),
      cwd,
    });
    // More data was requested than a pipe buffers.
    await running.until(({ stderr }) => (stderr.match(/HTTP 200/g)?.length ?? 0) > 8);
    running.child.kill("SIGINT");
    const { code, stderr } = await running.outcome;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain("To start again: call-records records ");
  });

  it("is not needed if a vendor does not respond", async () => {
    const hanging = await startHanging();
    const env = { ...emulator.environment(), ...hanging.env };
    const running = await Running.start(["records", ...RANGE], { env });
    await hanging.requested;
    running.child.kill("SIGINT");
    expect((await running.outcome).code).toBe(130);
  });
});

describe("emulator", () => {
  it("prints an environment for records, and ends with SIGINT", async () => {
    const running = await Running.start(["emulator", "--days", "3", "--calls-per-day", "10"]);
    await running.until(({ stderr }) => stderr.includes("Paste these lines"));
    const env = Object.fromEntries(
      [...running.stdout.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
    );
    const { code, stdout, stderr } = await run(["records", "--from", "2d"], { env });
    expect(code, stderr).toBe(0);
    expect(callsIn(stdout).length).toBeGreaterThan(0);
    running.child.kill("SIGINT");
    expect((await running.outcome).code).toBe(130);
  });
});

/** Starts a vendor that accepts requests and does not respond. */
async function startHanging(): Promise<{ env: Record<string, string>; requested: Promise<void> }> {
  let onRequest: () => void = () => undefined;
  const requested = new Promise<void>((resolve) => {
    onRequest = resolve;
  });
  const server = createServer(() => {
    onRequest();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: { ITNIOTECH_ENDPOINT: endpoint, HUAWEI_CEC_ENDPOINT: endpoint, HUAWEI_CEC_AUTH_ENDPOINT: endpoint },
    requested,
  };
}
