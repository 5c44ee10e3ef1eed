import { open } from "node:fs/promises";
import { resolveRealPath } from "../../files/location.js";
import { removePartsOf } from "../../files/part-file.js";
import { statIfExists } from "../../files/regular-file.js";
import { JOURNAL_PREFIX } from "../../engine/checkpoints/journal-lines.js";
import { AbortedError } from "../../model/errors.js";
import { UsageError } from "../exit-code.js";
import { descriptorOf } from "./descriptor.js";
import { NO_READER, openDescriptor, openFile, openSpecialFile, type OutputTarget } from "./file-target.js";

/**
 * Opens the named file, or standard output, before any request is sent.
 * @throws UsageError if the path names a folder or a checkpoint file; the errors of the file system.
 */
export async function openTarget(path: string | undefined, signal: AbortSignal): Promise<OutputTarget> {
  if (path === undefined) return standardOutput(signal);
  const present = await statIfExists(path);
  if (present?.isDirectory() === true || path.endsWith("/"))
    throw new UsageError(`--out: ${path} is a folder. Name a file.`);
  if (present?.isFile() === true && (await isState(path)))
    throw new UsageError(`--out: ${path} contains the checkpoint of a sync. Choose another file.`);
  // A device, a pipe or a file that the shell has opened is written to directly. It must not be replaced: the shell may have opened the file with `>>`.
  const descriptor = descriptorOf(path);
  if (descriptor !== null && present?.isFile() === true) return openDescriptor(path, descriptor);
  if (present?.isFile() === false) return openSpecialFile(path, present.isFIFO(), signal);
  await removePartsOf(await resolveRealPath(path));
  return openFile(path, present);
}

/** Whether a file is a checkpoint of `sync --state`. */
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
 * Returns standard output. A write resolves when the output has left this process, so that the pipe or its reader has it.
 * @param signal aborts the wait for a reader.
 */
function standardOutput(signal: AbortSignal): OutputTarget {
  return {
    path: null,
    write: (part) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          reject(new AbortedError(NO_READER));
        };
        if (signal.aborted) stop();
        signal.addEventListener("abort", stop, { once: true });
        // main.ts ends the process after an error. Until then, the write must not resolve.
        process.stdout.write(part, (error) => {
          if (error != null) return;
          signal.removeEventListener("abort", stop);
          resolve();
        });
      }),
    finish: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
}
