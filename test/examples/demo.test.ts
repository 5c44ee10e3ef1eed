import { expect, it } from "vitest";
import { runExample } from "./example-process.js";

it("the demo reads every account, names the state of each interval with the terms of the glossary, and queries a database", async () => {
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
  const [, database = ""] = stdout.split(/^Database: \d{4,} calls in calls\.db$/m);
  for (const question of ["Answer rate by day", "Longest waits", "Agents with the most talk time"]) {
    const [, table = ""] = database.split(question);
    expect(table.match(/^│ [0-4] /gm)?.length, question).toBeGreaterThanOrEqual(5);
  }
});
