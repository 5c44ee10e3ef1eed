import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { run } from "./command.js";

const COMMANDS = ["records", "usage", "active", "sync", "audit", "recordings", "providers", "doctor", "emulator"];

describe("help", () => {
  it.each(COMMANDS)("of %s fits 80 columns, and has examples with valid options", async (command) => {
    const { code, stdout, stderr } = await run([command, "--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    const examples = stdout.split("\n").flatMap((line) => /^ {4}\$ call-records (.*)$/.exec(line)?.[1] ?? []);
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const example of examples) {
      const [first, ...words] = (example.split("|")[0] ?? "").trim().split(" ");
      expect(first).toBe(command);
      // The configuration is read after all options were accepted. The emulator has no configuration, so its options are compared with its help.
      if (command === "emulator")
        for (const word of words.filter((one) => /^--\w/.test(one))) expect(stdout).toContain(`\n  ${word} `);
      else {
        const outcome = await run([command, ...words, "--config", "absent.json"]);
        const wanted = words.includes("--watch") ? /^error: --/ : /^error: --config: ENOENT/;
        expect([outcome.code, outcome.stdout]).toEqual([2, ""]);
        expect(outcome.stderr).toMatch(wanted);
      }
    }
  });

  it("without a command fits 80 columns and lists every command", async () => {
    const [option, word, none] = await Promise.all([run(["--help"]), run(["help"]), run([])]);
    expect([option.code, option.stderr]).toEqual([0, ""]);
    for (const line of option.stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    for (const command of COMMANDS) expect(option.stdout).toMatch(new RegExp(`^  ${command} \\[options\\] +\\S`, "m"));
    expect([word.code, word.stdout]).toEqual([0, option.stdout]);
    expect([none.code, none.stdout, none.stderr]).toEqual([2, "", option.stdout]);
  });

  it("prints the version", async () => {
    const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    const { code, stdout, stderr } = await run(["--version"]);
    expect([code, stdout, stderr]).toEqual([0, `${version}\n`, ""]);
  });
});

describe("a usage error", () => {
  it.each([
    [["record", "--from", "1d"], "error: unknown command 'record'\n(Did you mean records?)\n"],
    [["provider"], "error: unknown command 'provider'\n(Did you mean providers?)\n"],
    [["records", "--form", "1d"], "error: unknown option '--form'\n(Did you mean one of --for, --from?)\n"],
    [["usage", "--from", "1d", "--acount", "x"], "error: unknown option '--acount'\n(Did you mean --account?)\n"],
    [["--verison"], "error: unknown option '--verison'\n(Did you mean --version?)\n"],
    [["records"], "error: required option '--from <time>' or '--month <month>' is missing\n"],
    [["usage", "--to", "1d"], "error: required option '--from <time>' or '--month <month>' is missing\n"],
    [["sync", "--state", "s"], "error: required option '--from <time>' is missing\n"],
    [
      ["usage", "--month", "2026-10", "--from", "1d"],
      "error: option '--month <month>' cannot be used with option '--from <time>'\n",
    ],
    [
      ["records", "--month", "2026-10", "--to", "1d"],
      "error: option '--month <month>' cannot be used with option '--to <time>'\n",
    ],
    [["records", "--from"], "error: option '--from <time>' argument missing\n"],
    [["records", "--from", "1d", "2d"], "error: too many arguments for 'records'. Expected 0 arguments but got 1.\n"],
    [
      ["records", "--from", "1d", "--limit", "0"],
      "error: option '--limit <count>' argument '0' is invalid. It must be at least 1.\n",
    ],
    [
      ["records", "--from", "1d", "--limit", "1.5"],
      "error: option '--limit <count>' argument '1.5' is invalid. It must be a whole number.\n",
    ],
    [
      ["records", "--from", "1d", "--format", "xml"],
      "error: option '--format <format>' argument 'xml' is invalid. Allowed choices are table, ndjson, json, csv, parquet.\n",
    ],
    [
      ["records", "--from", "1d", "--direction", "in"],
      "error: option '--direction <direction>' argument 'in' is invalid. Allowed choices are inbound, outbound, internal, unknown.\n",
    ],
    [
      ["usage", "--from", "1d", "--by", "week"],
      "error: option '--by <period>' argument 'week' is invalid. Allowed choices are total, day, month.\n",
    ],
    [
      ["emulator", "--days", "-1"],
      "error: option '--days <count>' argument '-1' is invalid. It must be a whole number.\n",
    ],
  ])("%j causes exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout, stderr]).toEqual([2, "", message]);
  });

  it.each([
    ["records", "--secret-key", "hush-1"],
    ["records", "--secret-key=hush-1"],
    ["doctor", "--app-secret=it's hush-1"],
    ["--api-key=hush-1", "records"],
    ["records", "--from", "1d", "--token=hush-1\nhush-1"],
    ["usage", "--PASSWORD=hush-1"],
  ])("is reported for a secret in an argument, with a hint and without the secret: %j %j", async (...args) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error: unknown option '--[\w-]+'\n/);
    expect(stderr).toContain(
      "Secrets are not accepted as arguments, because other users of the machine can read those. Use environment variables.\n",
    );
    expect(stderr).not.toContain("hush");
  });
});
