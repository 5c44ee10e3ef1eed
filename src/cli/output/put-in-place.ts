import { constants, createReadStream } from "node:fs";
import { rename, rm, stat, writeFile } from "node:fs/promises";
import { flushToDisk, isReplacementRefused } from "../../files/durable-file.js";
import { openRegularFile } from "../../files/regular-file.js";

/** A file could be written in part only. What was to become it is whole, and stays. */
export class PartlyWritten extends Error {}

/**
 * Puts a file that is whole in the place of another. Where the system does not let that one be replaced, such as one that is mounted by itself, its content
 * is written over.
 * @throws PartlyWritten; what the file system throws, and then what was there before is still there.
 */
export async function putInPlace(whole: string, target: string): Promise<void> {
  try {
    await rename(whole, target);
  } catch (error) {
    if (!isReplacementRefused(error)) throw error;
    // Where it may not be written either, the first failure tells why.
    const file = await openRegularFile(target, constants.O_WRONLY).catch(() => {
      throw error;
    });
    try {
      const { size } = await stat(whole);
      await writeFile(file, createReadStream(whole));
      await file.truncate(size);
      await flushToDisk(file);
    } catch (failure) {
      throw new PartlyWritten(
        `${target} was written in part only: ${failure instanceof Error ? failure.message : String(failure)}. All of it is in ${whole}.`,
      );
    } finally {
      await file.close();
    }
    await rm(whole, { force: true });
  }
}
