import { stat } from "node:fs/promises";
import { AbortedError } from "../../model/errors.js";
import { UsageError } from "../usage-error.js";
import type { Destination } from "./destination.js";
import { openFile, openSpecialFile } from "./file-destination.js";

/**
 * Opens the file that was named, or standard output, before anything is asked of a vendor.
 * @throws UsageError when a folder was named; what the file system throws.
 */
export async function openDestination(path: string | undefined, signal: AbortSignal): Promise<Destination> {
  if (path === undefined) return standardOutput(signal);
  const present = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (present?.isDirectory() === true || path.endsWith("/")) throw new UsageError(`--out: ${path} is a folder. Name a file.`);
  // A device or a pipe is written to: putting a file in its place would be no kindness.
  return present === null || present.isFile() ? openFile(path, present?.mode ?? null) : openSpecialFile(path);
}

/**
 * What has been written has left this process: the reader, or the pipe before them, has it.
 * @param signal ends a wait for a reader who does not read.
 */
function standardOutput(signal: AbortSignal): Destination {
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
