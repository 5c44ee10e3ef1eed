import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { bundle } from "./bundle.js";
import { run } from "./run.js";
import { NODE_VERSIONS } from "./versions.js";

const consumer = inject("consumer");
const { version: VERSION } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };

/** Returns the path of the executable of a version of Node. */
async function nodeOf(version: string): Promise<string> {
  return (
    await run("npx", ["--yes", "--package", `node@${version}`, "--call", "node -p process.execPath"], consumer)
  ).trim();
}

const readByAll = expect.objectContaining({
  "tencent-ccc": expect.any(Number) as number,
  "huawei-cec": expect.any(Number) as number,
  itniotech: expect.any(Number) as number,
}) as unknown;

describe.each(NODE_VERSIONS)("on Node %s", (version) => {
  it("can be imported, required and bundled", async () => {
    const node = await nodeOf(version);
    expect(await run(node, ["--version"], consumer)).toMatch(new RegExp(`^v${version}(\\.|$)`, "m"));
    const bundles = await Promise.all([bundle(consumer, "bundled.js", "esm"), bundle(consumer, "bundled.js", "cjs")]);
    for (const program of ["module.mjs", "commonjs.cjs", ...bundles]) {
      expect(JSON.parse(await run(node, [program], consumer)), program).toEqual(readByAll);
    }
  });

  it("runs as a command", async () => {
    const node = await nodeOf(version);
    const command = join(consumer, "node_modules", ".bin", "call-records");
    expect(await run(node, [command, "--version"], consumer)).toBe(`${VERSION}\n`);
    expect(await run(node, [command, "records", "--help"], consumer)).toContain("--from");
  });
});
