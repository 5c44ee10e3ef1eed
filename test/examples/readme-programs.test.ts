import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startVendorEmulator } from "call-records/testing";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { runExample } from "./example-process.js";

const root = new URL("../../", import.meta.url);
const programs = [...readFileSync(new URL("README.md", root), "utf8").matchAll(/```ts\n(.*?)```/gs)].map(
  ([, code = ""]) => code,
);
const written: string[] = [];

/** Within the examples, where imports are found; gone with the tests. */
async function write(name: string, code: string): Promise<string> {
  const folder = fileURLToPath(new URL(`examples/readme-${name}/`, root));
  written.push(folder);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "run.ts"), code);
  return join(folder, "run.ts");
}

afterAll(() => Promise.all(written.map((path) => rm(path, { force: true, recursive: true }))));

/** The one program of the README that has this in it. */
function programWith(text: string): string {
  const found = programs.filter((code) => code.includes(text));
  expect(found, text).toHaveLength(1);
  return found[0] ?? "";
}

/** What the program prints, with the emulated vendors in its environment. */
async function print(name: string, code: string): Promise<string> {
  const emulator = await startVendorEmulator({ days: 70, callsPerDay: 20 });
  onTestFinished(() => emulator.close());
  await write(name, code);
  const { code: exitCode, stdout, stderr } = await runExample(`readme-${name}`, [], emulator.environment());
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

describe("the README's programs", () => {
  it("are those below, the two jobs, and the first", () => {
    const tried = ["client.usage(", "client.activeCalls(", "startVendorEmulator(", "onEvent:", "testProvider("];
    const others = programs.filter(
      (code) => !code.includes("client.sync(") && !tried.some((text) => code.includes(text)),
    );
    expect(others).toEqual([programWith('secretKey: "…"')]);
  });

  it("read the first records", async () => {
    // With the keys of the emulator in place of the reader's.
    const code = programWith('secretKey: "…"')
      .replace(/providers: \[.*?\n {2}\]/s, "providers: providersFromEnvironment()")
      .replace(/import .*/, 'import { CallRecordsClient, providersFromEnvironment } from "call-records";')
      .replace(/"2026-11-01T[^"]*"/, "new Date(Date.now() - 5 * 86_400_000)");
    const printed = await print("first-records", code);
    expect(printed).toMatch(/^tencent-ccc 20\d\d-/m);
    expect(printed).toContain("status: 'complete'");
  });

  it("count usage", async () => {
    const lastMonth = new Date(Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth() - 1, 15))
      .toISOString()
      .slice(0, 7);
    const printed = await print("usage", programWith("client.usage(").replace('"2026-10"', `"${lastMonth}"`));
    expect(printed).toMatch(/^tencent-ccc \d+ 20.*vendor true$/m);
    expect(printed).toMatch(/^itniotech null 20.*records true$/m);
  });

  it("show the calls going on, and look one up", async () => {
    const printed = await print("active", programWith("client.activeCalls("));
    expect(printed).toContain("'tencent-ccc: complete'");
    expect(printed).toContain("no such call");
  });

  it("listen to events", async () => {
    expect(await print("events", programWith("onEvent:"))).toBe("");
  });

  it("test with the emulator", async () => {
    expect(await print("testing", programWith("startVendorEmulator("))).toBe("true\n");
  });
});

// Its tests are registered here: it is a test file itself.
const conformance = await write("conformance", programs.find((code) => code.includes("testProvider(")) ?? "");
await import(conformance);
