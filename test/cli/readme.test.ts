import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator } from "call-records/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { recordColumns } from "../../src/cli/output/record-columns.js";
import { usageColumns } from "../../src/cli/output/usage-columns.js";
import { newFolder, run } from "./command.js";
import { Running } from "./running.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** Commands of the README, each with the lines that it shows. */
const examples = [...readme.matchAll(/```console\n(.*?)```/gs)].flatMap(([, block = ""]) =>
  [...block.matchAll(/^\$ call-records (.+)\n((?:(?!\$ ).+\n)+)/gm)].map(([, command = "", shown = ""]) => ({
    command,
    shown: linesIn(shown),
  })),
);

function linesIn(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** A line without what differs from day to day. */
function shapeOf(line: string): string {
  return line
    .replace(/[\d,.:]+/g, "0")
    .replace(/\s+/g, " ")
    .trim();
}

describe("the README's commands", () => {
  it("are one of each", () => {
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
      const [printed, said] = [linesIn(stdout).map(shapeOf), linesIn(stderr).map(shapeOf)];
      const expected = shown.map(shapeOf);
      expect(expected.slice(-said.length)).toEqual(said);
      const rows = expected.slice(0, -said.length);
      // Which calls there are differs from day to day: of those, the heading.
      const isOfCalls = /^(?:records|active) /.test(command);
      const stable = (lines: string[]) => (isOfCalls ? lines.slice(0, 1) : lines);
      expect(stable(rows)).toEqual(stable(printed));
    },
  );

  it("begin with an emulator whose environment the others take", async () => {
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

  it("take the configuration that it shows", async () => {
    const [, shown = ""] = /```json\n(.*?)```/s.exec(readme) ?? [];
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

  it("have all columns of CSV in a row", () => {
    const listed = (text: RegExp) => [...(text.exec(readme)?.[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    expect(listed(/fields of\s+a\s+call\s+record:(.*?)\.\s+A\s+sync/s)).toEqual(
      recordColumns.all.map(({ name }) => name),
    );
    expect(listed(/Those\s+of\s+usage\s+are(.*?)\.\n/s)).toEqual(usageColumns.all.map(({ name }) => name));
  });
});
