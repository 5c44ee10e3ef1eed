import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { run } from "./run.js";
import { TYPESCRIPT_VERSIONS, typescriptPackage } from "./versions.js";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of a project that uses the package. It contains the package, every version of TypeScript, and the programs. */
    consumer: string;
    /** The path of the packed package. */
    tarball: string;
  }
}

/** Packs the built package and installs it, once for all tests. Returns the function that removes the folder. */
export default async function makeConsumer(project: TestProject): Promise<() => Promise<void>> {
  const consumer = await mkdtemp(join(tmpdir(), "call-records-package-"));
  const remove = () => rm(consumer, { recursive: true, force: true });
  try {
    const packed = await run(
      "npm",
      ["pack", "--json", "--ignore-scripts", "--pack-destination", consumer],
      process.cwd(),
    );
    const [tarball] = JSON.parse(packed) as { filename: string }[];
    if (tarball === undefined) throw new Error("npm pack names no package.");
    await writeFile(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true }));
    const compilers = TYPESCRIPT_VERSIONS.map((version) => `${typescriptPackage(version)}@npm:typescript@${version}`);
    await run(
      "npm",
      [
        "install",
        "--no-audit",
        "--no-fund",
        "--prefer-offline",
        `./${tarball.filename}`,
        "@types/node@20",
        "kysely@0.28",
        ...compilers,
      ],
      consumer,
    );
    await cp(fileURLToPath(new URL("programs", import.meta.url)), consumer, { recursive: true });
    project.provide("consumer", consumer);
    project.provide("tarball", join(consumer, tarball.filename));
    return remove;
  } catch (error) {
    await remove();
    throw error;
  }
}
