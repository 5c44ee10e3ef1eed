import { constants, createReadStream } from "node:fs";
import { rename, rm, stat, writeFile } from "node:fs/promises";
import { flushToDisk, isReplacementRefused } from "./durable-file.js";
import { errorMessageOf } from "./error-message.js";
import { openRegularFile } from "./regular-file.js";

/** The file was written only in part. The complete temporary file stays. */
export class PartialWriteError extends Error {}

/**
 * Replaces a file with a complete one. If the system does not allow this, such as for a mounted file, the content is overwritten.
 * @throws PartialWriteError; the errors of the file system, in which case the previous file is unchanged.
 */
export async function putInPlace(whole: string, target: string): Promise<void> {
  try {
    await rename(whole, target);
  } catch (error) {
    if (!isReplacementRefused(error)) throw error;
    // If it cannot be written either, the first error states the reason.
    const file = await openRegularFile(target, constants.O_WRONLY).catch(() => {
      throw error;
    });
    try {
      const { size } = await stat(whole);
      await writeFile(file, createReadStream(whole));
      await file.truncate(size);
      await flushToDisk(file);
    } catch (failure) {
      throw new PartialWriteError(
        `${target} was written only in part: ${errorMessageOf(failure)}. The complete output is in ${whole}.`,
      );
    } finally {
      await file.close();
    }
    await rm(whole, { force: true });
  }
}
