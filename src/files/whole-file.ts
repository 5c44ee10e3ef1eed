import { type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { flushToDisk } from "./durable-file.js";
import { renameInMessage } from "./error-message.js";
import { resolveRealPath } from "./location.js";
import { removePartsOf } from "./part-file.js";
import { NotARegularFile, statIfExists } from "./regular-file.js";
import { Replacement } from "./replacement.js";

/** A file that is written completely or not at all. Until `commit`, the path leads to the previous file, or to none. */
export class WholeFile {
  private constructor(
    private readonly file: FileHandle,
    private readonly replacement: Replacement,
  ) {}

  /** Opens a temporary file beside the path. @throws NotARegularFile, and the errors of the file system. */
  static async open(path: string): Promise<WholeFile> {
    const before = await statIfExists(path);
    if (before?.isDirectory() === true || path.endsWith("/")) throw new NotARegularFile(path, "a folder");
    if (before?.isFile() === false) throw new NotARegularFile(path, "a pipe, a socket or a device");
    const absolute = resolve(path);
    await removePartsOf(await resolveRealPath(absolute));
    const replacement = await Replacement.prepare(absolute, before);
    const { temporaryPath, mode } = replacement;
    const file = await open(temporaryPath, "wx", mode).catch((error: unknown) => {
      renameInMessage(error, temporaryPath, path);
      throw error;
    });
    await replacement.begin();
    return new WholeFile(file, replacement);
  }

  /** Appends bytes. Resolves when the system has accepted all of them. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.file.writeFile(bytes);
  }

  /** Replaces the file when all bytes are on the disk. @throws the errors of {@link Replacement.commit}. */
  async commit(): Promise<void> {
    await flushToDisk(this.file);
    await this.file.close();
    await this.replacement.commit();
  }

  /** Removes the temporary file. */
  async discard(): Promise<void> {
    // A failure to close the file must not keep it.
    await this.file.close().catch(() => undefined);
    await this.replacement.discard();
  }
}
