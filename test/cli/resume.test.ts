import { Command } from "commander";
import { expect, it } from "vitest";
import { commandFor } from "../../src/cli/resume.js";

function missingFileOf(out: string): string | undefined {
  const command = new Command("records").option("--out <file>").parse(["--out", out], { from: "user" });
  return commandFor(command, "account", null, 1).split(" ").at(-1);
}

it.each([
  ["calls.csv.gz", "calls.missing-1.csv.gz"],
  ["calls", "calls.missing-1"],
  ["a.b/calls.csv", "a.b/calls.missing-1.csv"],
  ["dir/.calls", "dir/.calls.missing-1"],
  [".calls.csv", ".calls.missing-1.csv"],
  ["calls..csv", "calls..missing-1.csv"],
  ["calls.", "calls..missing-1"],
])("the missing part of %s is written to %s", (out, missing) => {
  expect(missingFileOf(out)).toBe(missing);
});

it("finds the extension of a path of the maximum length", () => {
  const folders = "a.a.".repeat(50);
  const out = `${`${folders}/`.repeat(19)}calls.csv`;
  expect(missingFileOf(out)).toBe(out.replace("calls.csv", "calls.missing-1.csv"));
});
