import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator } from "call-records/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { recordColumns } from "../../src/cli/output/call-tables.js";
import { usageColumns } from "../../src/cli/output/usage-columns.js";
import { newFolder, run } from "./command.js";
import { Running } from "./running.js";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const guide = read("docs/cli.md");

/** The commands in the guide, each with its output. */
const examples = [...guide.matchAll(/```console\n(.*?)```/gs)].flatMap(([, block = ""]) =>
  [...block.matchAll(/^\$ call-records (.+)\n((?:(?!\$ ).+\n)+)/gm)].map(([, command = "", shown = ""]) => ({
    command,
    shown: linesIn(shown),
  })),
);

function linesIn(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Returns a line without its numbers, which differ from day to day. */
function shapeOf(line: string): string {
  return line
    .replace(/[\d,.:]+/g, "0")
    .replace(/\s+/g, " ")
    .trim();
}

describe("the commands in docs/cli.md", () => {
  it("include each command", () => {
    const commands = new Set(examples.map(({ command }) => command.split(" ")[0]));
    expect(commands).toEqual(new Set(["emulator", "records", "usage", "active", "sync", "providers", "doctor"]));
  });

  it.each(examples.filter(({ command }) => command !== "emulator"))(
    "call-records $command",
    async ({ command, shown }) => {
      const emulator = await startVendorEmulator();
      onTestFinished(() => emulator.close());
      const { code, stdout, stderr } = await run(command.split(" "), { env: emulator.environment() });
      expect(code, stderr).toBe(0);
      // Without a terminal, a line of progress is printed every ten seconds. A slow machine prints some.
      const reported = linesIn(stderr).filter((line) => !line.endsWith(" s left"));
      const [printed, messages] = [linesIn(stdout).map(shapeOf), reported.map(shapeOf)];
      const expected = shown.map(shapeOf);
      expect(expected.slice(-messages.length)).toEqual(messages);
      const rows = expected.slice(0, -messages.length);
      // The calls differ from day to day, so only the heading is compared.
      const isOfCalls = /^(?:records|active) /.test(command);
      const stable = (lines: string[]) => (isOfCalls ? lines.slice(0, 1) : lines);
      expect(stable(rows)).toEqual(stable(printed));
    },
  );

  it("start an emulator whose environment the other commands accept", async () => {
    const running = await Running.start(["emulator", "--calls-per-day", "10"]);
    await running.until(({ stdout, stderr }) => /ITNIOTECH_ENDPOINT=.+\n/.test(stdout) && stderr.includes("\n"));
    const printed = linesIn(running.stdout);
    const shown = examples.find(({ command }) => command === "emulator")?.shown.filter((line) => line !== "…") ?? [];
    expect([...printed, ...linesIn(running.stderr)]).toEqual(expect.arrayContaining(shown));
    const env = Object.fromEntries(
      [...running.stdout.matchAll(/^export (\w+)=(.+)$/gm)].map(([, name = "", value = ""]) => [name, value]),
    );
    const { code, stderr } = await run(["records", "--from", "3d", "--quiet"], { env });
    expect(code, stderr).toBe(0);
  });

  it("accept the configuration file in the guide", async () => {
    const [, shown = ""] = /```json\n(.*?)```/s.exec(guide) ?? [];
    const cwd = await newFolder();
    await writeFile(join(cwd, "call-records.config.json"), shown.replaceAll("…", "a-key"), { mode: 0o600 });
    const env = Object.fromEntries([...shown.matchAll(/"env": "(\w+)"/g)].map(([, name = ""]) => [name, "a-secret"]));
    const { code, stdout, stderr } = await run(["providers", "--format", "json"], { cwd, env });
    expect(code, stderr).toBe(0);
    const { accounts } = JSON.parse(shown) as { accounts: { provider: string; account?: string }[] };
    const wanted = accounts.map(({ provider, account = provider }) => ({ provider, account, status: "ready" }));
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining(wanted.map((one) => expect.objectContaining(one) as unknown)),
    );
  });

  it("list all columns, in order", () => {
    const listed = (text: RegExp) => [...(text.exec(guide)?.[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    expect(listed(/Columns of `records`:(.*?)\.\n/s)).toEqual(recordColumns.all.map(({ name }) => name));
    expect(listed(/Columns of `usage`:(.*?)\.\n/s)).toEqual(usageColumns.all.map(({ name }) => name));
  });
});

describe("the commands in the README", () => {
  const commands = [...read("README.md").matchAll(/^\$ npx call-records (.+)$/gm)].map(([, command = ""]) => command);

  it("are doctor, records, usage, sync, report and recordings", () => {
    expect(commands.map((command) => command.split(" ")[0])).toEqual([
      "doctor",
      "records",
      "usage",
      "sync",
      "report",
      "recordings",
    ]);
  });

  it.each(commands)("npx call-records %s", async (command) => {
    const emulator = await startVendorEmulator({ callsPerDay: 10 });
    onTestFinished(() => emulator.close());
    const { code, stderr } = await run(command.split(" "), { cwd: await newFolder(), env: emulator.environment() });
    expect(code, stderr).toBe(0);
  });
});
