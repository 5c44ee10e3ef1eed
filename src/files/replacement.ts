import { type BigIntStats, rmSync } from "node:fs";
import { chmod, chown, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { ignoreUnsupported, syncDirectory } from "./durable-file.js";
import { resolveRealPath } from "./location.js";
import { partFileFor } from "./part-file.js";
import { PartialWriteError, putInPlace } from "./put-in-place.js";
import { statIfExists } from "./regular-file.js";

const NEW_FILE_MODE = 0o666;
const OWNER_ONLY = 0o700n;
const GROUP = 0o070n;
const PERMISSIONS = 0o7777n;

/** Another program has moved or removed the file, or its path now leads to another file. */
export class FileMovedError extends Error {}

/** The temporary files of this process, which are removed when it exits early. */
const unfinished = new Set<string>();

/**
 * A file that is written under another name, and renamed when it is complete. Until then, the previous file stays. The caller opens `temporaryPath` with the flags
 * `wx` and `mode`, calls `begin`, writes, flushes and closes the file, and calls `commit` or `discard`.
 */
export class Replacement {
  private opened: BigIntStats | null = null;

  private constructor(
    /** The path that the user gave, for messages. */
    private readonly path: string,
    private readonly target: string,
    private readonly before: BigIntStats | null,
    readonly temporaryPath: string,
  ) {}

  /**
   * Chooses the name of the temporary file.
   * @param before the status of the previous file, whose owner and permissions the new file gets; null if there is none.
   */
  static async prepare(path: string, before: BigIntStats | null): Promise<Replacement> {
    // A link stays a link, even if its target does not exist yet.
    const target = await resolveRealPath(path);
    return new Replacement(path, target, before, await partFileFor(target));
  }

  /** The mode of the temporary file. Until it replaces the file, only its owner can access it, because the permissions of that file may apply to another group. */
  get mode(): number {
    return this.before === null ? NEW_FILE_MODE : Number(this.before.mode & OWNER_ONLY);
  }

  /** Notes which file was opened. If the process exits early, such as after a second Ctrl-C, the file is removed. */
  async begin(): Promise<void> {
    if (unfinished.size === 0) process.on("exit", removeUnfinished);
    unfinished.add(this.temporaryPath);
    this.opened = await statIfExists(this.temporaryPath);
  }

  /** Replaces the file. @throws FileMovedError, PartialWriteError and the errors of the file system. The previous file then stays. */
  async commit(): Promise<void> {
    try {
      await this.replace();
    } catch (error) {
      if (error instanceof PartialWriteError) this.end();
      else await this.discard();
      throw error;
    }
    await syncDirectory(dirname(this.target));
  }

  /** Removes the temporary file. */
  async discard(): Promise<void> {
    await rm(this.temporaryPath, { force: true });
    this.end();
  }

  private async replace(): Promise<void> {
    const { path, target, temporaryPath, before, opened } = this;
    const written = await statIfExists(temporaryPath);
    if (written === null || written.dev !== opened?.dev || written.ino !== opened.ino) {
      throw new FileMovedError(
        `${path}: another program has moved or removed its temporary file ${temporaryPath}. Write it again.`,
      );
    }
    if ((await resolveRealPath(path)) !== target)
      throw new FileMovedError(`${path} leads to another file than when it was opened. Write it again.`);
    if (before !== null) await copyOwnership(before, temporaryPath, written);
    await putInPlace(temporaryPath, target);
    this.end();
  }

  private end(): void {
    unfinished.delete(this.temporaryPath);
    if (unfinished.size === 0) process.off("exit", removeUnfinished);
  }
}

function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { force: true });
}

/** Copies the owner and the permissions of the previous file, as far as this user is allowed to. No other users can then read the new file. */
async function copyOwnership(before: BigIntStats, path: string, written: BigIntStats): Promise<void> {
  const isSameOwner = before.uid === written.uid && before.gid === written.gid;
  const isGiven =
    isSameOwner ||
    (await chown(path, Number(before.uid), Number(before.gid)).then(
      () => true,
      () => false,
    ));
  const mode = isGiven || before.gid === written.gid ? before.mode : before.mode & ~GROUP;
  await ignoreUnsupported(() => chmod(path, Number(mode & PERMISSIONS)));
}
