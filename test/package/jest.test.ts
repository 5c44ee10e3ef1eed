import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, inject, it } from "vitest";
import { run } from "./run.js";
import { JEST_VERSIONS } from "./versions.js";

const tarball = inject("tarball");
const PROGRAMS = fileURLToPath(new URL("programs/jest", import.meta.url));
/** The environments of Jest: Node, and two emulations of a browser. */
const ENVIRONMENTS = ["node", "jsdom", "@happy-dom/jest-environment"];

/** The timeout of a test. Jest's default of 5 s is too short on a busy machine. */
const JEST_TIMEOUT_MS = 60_000;

/** Creates a CommonJS project with Jest. */
async function makeProject(version: string): Promise<string> {
  const folder = join(dirname(tarball), `jest-${version}`);
  await mkdir(folder);
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({
      name: "tested-with-jest",
      private: true,
      jest: { testMatch: ["**/*.test.cjs"], testTimeout: JEST_TIMEOUT_MS },
    }),
  );
  const packages = [
    tarball,
    `jest@${version}`,
    `jest-environment-jsdom@${version}`,
    "@happy-dom/jest-environment@20",
    "abort-controller@3",
  ];
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages], folder);
  await cp(PROGRAMS, folder, { recursive: true });
  return folder;
}

describe.each(JEST_VERSIONS)("Jest %s", (version) => {
  it("runs tests that use the package, in each environment", async () => {
    const folder = await makeProject(version);
    const jest = join(folder, "node_modules", "jest", "bin", "jest.js");
    for (const environment of ENVIRONMENTS) {
      const report = JSON.parse(
        await run(process.execPath, [jest, "--ci", "--json", `--env=${environment}`], folder),
      ) as { numPassedTests: number; numFailedTests: number };
      expect(report, environment).toMatchObject({ numFailedTests: 0 });
      expect(report.numPassedTests, environment).toBeGreaterThan(20);
    }
  });
});
