import { existsSync, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, inject, it } from "vitest";
import { documents, linksOf } from "../documents.js";
import { run } from "./run.js";

const [consumer, tarball] = [inject("consumer"), inject("tarball")];
const tool = (name: string) => join(process.cwd(), "node_modules", ".bin", name);

it("has no findings of publint", async () => {
  expect(await run(tool("publint"), ["run", tarball, "--strict"], consumer)).toContain("All good!");
});

it("has types that match the loaded modules with every module resolution", async () => {
  // attw exits with an error if they do not match.
  const printed = await run(tool("attw"), [tarball, "--format", "ascii", "--no-color"], consumer);
  for (const entry of [
    "",
    "/adapter",
    "/tencent-ccc",
    "/huawei-cec",
    "/itniotech",
    "/parquet",
    "/redis",
    "/bullmq",
    "/sql",
    "/metrics",
    "/report",
    "/testing",
  ])
    expect(printed).toContain(`"call-records${entry}"`);
});

it("depends on few packages, and contains the licence of each bundled package", async () => {
  const manifest = JSON.parse(await run("tar", ["-xzOf", tarball, "package/package.json"], consumer)) as {
    dependencies: Record<string, string>;
  };
  expect(Object.keys(manifest.dependencies)).toEqual([
    "axios",
    "proxy-from-env",
    "tencentcloud-sdk-nodejs-common",
    "zod",
  ]);
  const licences = await run("tar", ["-xzOf", tarball, "package/dist/THIRD-PARTY-LICENCES.txt"], consumer);
  const bundled = licences.split(/^-{72}$/m).map((notice) => notice.trim().split(" ")[0]);
  for (const name of [
    "commander",
    "hyparquet",
    "hyparquet-writer",
    "cli-progress",
    "cli-table3",
    "d3-array",
    "d3-path",
    "d3-scale",
    "kysely",
    "libphonenumber-js",
    "log-update",
    "p-retry",
    "picocolors",
    "string-width",
  ])
    expect(bundled).toContain(name);
});

it("is at most 900 kB: with 105 kB of documents, 80 kB of types, 50 kB of Kysely, 35 kB of the report, 40 kB of recordings, privacy and pushes, and 56 kB of telephone numbers", async () => {
  expect((await stat(tarball)).size).toBeLessThanOrEqual(900_000);
});

it("contains the build, the documents and the licence", async () => {
  const files = (await run("tar", ["-tzf", tarball], consumer)).trim().split("\n");
  const others = files.map((file) => file.replace(/^package\//, "")).filter((file) => !file.startsWith("dist/"));
  const pages = documents.map(({ path }) => path);
  expect(others.sort()).toEqual([...pages, "CHANGELOG.md", "LICENSE", "SECURITY.md", "package.json"].sort());
});

it("has no dead link in its installed documents", () => {
  const installed = join(consumer, "node_modules", "call-records");
  const pages = [...documents.map(({ path }) => path), "CHANGELOG.md", "SECURITY.md"];
  const dead = pages.flatMap((page) => {
    const targets = linksOf({ text: readFileSync(join(installed, page), "utf8") }).map(({ path }) => path);
    return targets
      .filter((target) => target !== "" && !existsSync(join(installed, dirname(page), target)))
      .map((target) => `${page}: ${target}`);
  });
  expect(dead).toEqual([]);
});
