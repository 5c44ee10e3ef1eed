import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { startVendorEmulator } from "call-records/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { recordColumns } from "../../src/cli/output/record-columns.js";
import { usageColumns } from "../../src/cli/output/usage-columns.js";
import { CLI, environment, newFolder, run } from "./command.js";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** Commands of the README, each with the first line that it shows. */
const examples = [...readme.matchAll(/```console\n(.*?)```/gs)].flatMap(([, block = ""]) =>
  [...block.matchAll(/^\$ call-records (.+)\n(.+)$/gm)].map(([, command = "", shown = ""]) => ({ command, shown })),
);

/** A line without what differs from day to day. */
function shapeOf(line: string): string {
  return line.replace(/[\d,.:]+/g, "0").replace(/\s+/g, " ").trim();
}

describe("the README's commands", () => {
  it("are one of each", () => {
    const commands = new Set(examples.map(({ command }) => command.split(" ")[0]));
    expect(commands).toEqual(new Set(["emulator", "records", "usage", "active", "sync", "providers", "doctor"]));
  });

  it.each(examples.filter(({ command }) => command !== "emulator"))("call-records $command", async ({ command, shown }) => {
    const emulator = await startVendorEmulator();
    onTestFinished(() => emulator.close());
    const { code, stdout, stderr } = await run(command.split(" "), { env: emulator.environment() });
    expect(code, stderr).toBe(0);
    expect(`${stdout}${stderr}`.split("\n").map(shapeOf)).toContain(shapeOf(shown));
  });

  it("begin with an emulator whose environment the others take", async () => {
    const child = spawn(process.execPath, [CLI, "emulator", "--calls-per-day", "10"], { cwd: await newFolder(), env: environment(), stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => {
      child.kill("SIGKILL");
    });
    const env: Record<string, string> = {};
    for await (const line of createInterface({ input: child.stdout })) {
      const [, name = "", value = ""] = /^export (\w+)=(.+)$/.exec(line) ?? [];
      env[name] = value;
      if (name === "ITNIOTECH_ENDPOINT") break;
    }
    expect(examples.find(({ command }) => command === "emulator")?.shown).toBe(`export TENCENTCLOUD_SECRET_ID=${env.TENCENTCLOUD_SECRET_ID ?? ""}`);
    const { code, stderr } = await run(["records", "--from", "3d", "--quiet"], { env });
    expect(code, stderr).toBe(0);
  });

  it("have all columns of CSV in a row", () => {
    const listed = (text: RegExp) => [...(text.exec(readme)?.[1] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    expect(listed(/fields of\s+a\s+call\s+record:(.*?)\.\s+A\s+sync/s)).toEqual(recordColumns.all.map(({ name }) => name));
    expect(listed(/Those\s+of\s+usage\s+are(.*?)\.\n/s)).toEqual(usageColumns.all.map(({ name }) => name));
  });
});
