import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CheckpointError } from "call-records";
import { describe, expect, it, onTestFinished } from "vitest";
import { openDestination } from "../../src/cli/databases/index.js";

const isRoot = process.platform === "linux" && process.getuid?.() === 0;

/** Creates a folder, which is removed after the test. */
async function folderWith(mode: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sqlite-file-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await chmod(folder, mode);
  return folder;
}

/** Runs the rest of the test as a user without rights. */
function loseRights(): void {
  process.seteuid?.(65_534);
  onTestFinished(() => {
    process.seteuid?.(0);
  });
}

/** Returns the failure to open a file and to create the tables in it. */
async function failureOf(path: string): Promise<Error> {
  try {
    const target = await openDestination(`sqlite:${path}`, {}, { raw: false });
    try {
      await target.destination.migrate();
    } finally {
      await target.close();
    }
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new TypeError("The file was opened.");
}

describe.skipIf(!isRoot)("a file of SQLite that cannot be written", () => {
  it("is reported by its name and the rule, if its folder is read-only", async () => {
    const path = join(await folderWith(0o555), "calls.db");
    loseRights();
    const failure = await failureOf(path);
    expect(failure).toBeInstanceOf(CheckpointError);
    expect(failure.message).toContain(`--into: ${path} cannot be opened: `);
    expect(failure.message).toContain("Its folder must exist, and you must be able to write the file and the folder.");
    expect(failure.message).not.toMatch(/\.owner|\.lock|-wal|-journal/);
  });

  it("is reported by its name and the rule, if it is read-only itself", async () => {
    const path = join(await folderWith(0o777), "calls.db");
    await writeFile(path, "");
    await chmod(path, 0o444);
    loseRights();
    const failure = await failureOf(path);
    expect(failure).toBeInstanceOf(CheckpointError);
    expect(failure.message).toContain(`${path} `);
    expect(failure.message).toMatch(/you must be able to write the file|make the file writable/);
    expect(failure.message).not.toMatch(/\.owner|\.lock|-wal|-journal/);
  });
});
