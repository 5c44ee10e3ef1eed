import { expect, it } from "vitest";
import { runExample } from "./example-process.js";

it("the demo reads every account, and names the state of each interval with the terms of the glossary", async () => {
  const { code, stdout } = await runExample("demo.ts", [], {});
  expect(code).toBe(0);
  const [, report = ""] = stdout.split("Completeness\n");
  const lines = (report.split("\nUsage\n")[0] ?? "").trimEnd().split("\n");
  for (const account of ["tencent-ccc", "huawei-cec", "itniotech"])
    expect(lines.filter((line) => line.startsWith(`  ${account}: complete, `))).toHaveLength(1);
  const terms = lines.flatMap((line) => /^ {4}(\S+) +\d{4}-.* to \d{4}-/.exec(line)?.[1] ?? []);
  expect(terms.filter((term) => term === "verified")).toHaveLength(3);
  expect(terms.filter((term) => term === "unsettled")).toHaveLength(3);
  expect(new Set(terms)).toEqual(new Set(["verified", "unsettled"]));
  expect(terms).toHaveLength(lines.length - 3);
});
