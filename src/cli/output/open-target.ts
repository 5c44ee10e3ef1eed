import { open, stat } from "node:fs/promises";
import { hasErrorCode } from "../../files/error-code.js";
import { resolveRealPath } from "../../files/location.js";
import { JOURNAL_PREFIX } from "../../engine/checkpoints/journal-lines.js";
import { AbortedError } from "../../model/errors.js";
import { UsageError } from "../usage-error.js";
import type { OutputTarget } from "./output-target.js";
import { descriptorOf } from "./descriptor.js";
import { openDescriptor, openFile, openSpecialFile } from "./file-target.js";
import { removePartsOf } from "./part-file.js";

/**
 * Opens the file that was named, or standard output, before anything is asked of a vendor.
 * @throws UsageError when a folder was named; what the file system throws.
 */
export async function openDestination(path: string | undefined, signal: AbortSignal): Promise<OutputTarget> {
  if (path === undefined) return standardOutput(signal);
  const present = await stat(path).catch((error: unknown) => {
    if (hasErrorCode(error, "ENOENT")) return null;
    throw error;
  });
  if (present?.isDirectory() === true || path.endsWith("/"))
    throw new UsageError(`--out: ${path} is a folder. Name a file.`);
  if (present?.isFile() === true && (await isState(path)))
    throw new UsageError(`--out: ${path} keeps how far a sync has come. Name another file.`);
  // A device or a pipe is written to: putting a file in its place would be no kindness.
  // A file that the shell has opened is not to be replaced either: it may have been opened to be added to.
  const descriptor = descriptorOf(path);
  if (descriptor !== null && present?.isFile() === true) return openDescriptor(path, descriptor);
  if (present?.isFile() === false) return openSpecialFile(path, present.isFIFO(), signal);
  await removePartsOf(await resolveRealPath(path));
  return openFile(path, present);
}

/** Whether a file is one of `sync --state`. */
async function isState(path: string): Promise<boolean> {
  const file = await open(path, "r").catch(() => null);
  if (file === null) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(JOURNAL_PREFIX.length), 0, JOURNAL_PREFIX.length, 0);
    return buffer.toString("utf8", 0, bytesRead) === JOURNAL_PREFIX;
  } finally {
    await file.close();
  }
}

/**
 * What has been written has left this process: the reader, or the pipe before them, has it.
 * @param signal ends a wait for a reader who does not read.
 */
function standardOutput(signal: AbortSignal): OutputTarget {
  return {
    path: null,
    write: (text) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          reject(new AbortedError("Nobody reads."));
        };
        if (signal.aborted) stop();
        signal.addEventListener("abort", stop, { once: true });
        // What fails ends the process, in main.ts: nothing may be taken for written meanwhile.
        process.stdout.write(text, (error) => {
          if (error != null) return;
          signal.removeEventListener("abort", stop);
          resolve();
        });
      }),
    finish: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
}
