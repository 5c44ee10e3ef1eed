import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { run } from "./run.js";

const [consumer, tarball] = [inject("consumer"), inject("tarball")];
const tool = (name: string) => join(process.cwd(), "node_modules", ".bin", name);

it("has nothing that publint would change", async () => {
  expect(await run(tool("publint"), ["run", tarball, "--strict"], consumer)).toContain("All good!");
});

it("has types that are those of what is loaded, however it is resolved", async () => {
  // Ends with a failure where they are not.
  const printed = await run(
    tool("attw"),
    [tarball, "--profile", "node16", "--format", "ascii", "--no-color"],
    consumer,
  );
  for (const entry of ["", "/tencent-ccc", "/huawei-cec", "/itniotech", "/testing"])
    expect(printed).toContain(`"call-records${entry}"`);
});

it("is at most 350 kB", async () => {
  expect((await stat(tarball)).size).toBeLessThanOrEqual(350_000);
});

it("holds what is built, and the pages that belong to it", async () => {
  const files = (await run("tar", ["-tzf", tarball], consumer)).trim().split("\n");
  const others = files.map((file) => file.replace(/^package\//, "")).filter((file) => !file.startsWith("dist/"));
  expect(others.sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json"]);
});
