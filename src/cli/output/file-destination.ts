import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { constants, createWriteStream, openSync, rmSync } from "node:fs";
import { chmod, rename, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { dirname } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createGzip } from "node:zlib";
import { hasFailedWith } from "../../engine/checkpoints/file-failure.js";
import { locate } from "../../engine/checkpoints/file-location.js";
import { syncFolder } from "../../engine/checkpoints/file-hardening.js";
import { AbortedError } from "../../model/errors.js";
import type { Destination } from "./destination.js";

/** Whether what goes to a file is compressed, by its name. */
export function isCompressed(path: string): boolean {
  return path.toLowerCase().endsWith(".gz");
}

/** Text on its way to a file: compressed where the name says so. */
class FileText {
  private readonly source = new PassThrough();
  private readonly written: Promise<void>;

  private constructor(path: string, file: NodeJS.WritableStream, options: { signal?: AbortSignal } = {}) {
    const written = isCompressed(path) ? pipeline(this.source, createGzip(), file, options) : pipeline(this.source, file, options);
    this.written = written.catch((error: unknown) => {
      if (options.signal?.aborted === true) throw new AbortedError("Nobody reads.");
      // Of a full disk, the system does not say which file it was.
      if (error instanceof Error) error.message = `${path}: ${error.message}`;
      throw error;
    });
    // It is waited for with the next write, or at the end.
    this.written.catch(() => undefined);
  }

  /** @throws what the file system throws when the file cannot be opened. */
  static async open(path: string, flags: string, name = path): Promise<FileText> {
    const file = createWriteStream(path, { flags, flush: flags === "wx" });
    await once(file, "open").catch((error: unknown) => {
      // The name that the user knows.
      if (error instanceof Error) error.message = error.message.replaceAll(path, name);
      throw error;
    });
    return new FileText(name, file);
  }

  /** @param signal ends a wait for a reader, who may be late, or slow: the file system's own waiting cannot be ended. */
  static async openPipe(path: string, signal: AbortSignal): Promise<FileText> {
    const pipe = new Socket({ fd: await openForReader(path, signal), readable: false, writable: true });
    return new FileText(path, pipe, { signal });
  }

  async write(text: string): Promise<void> {
    if (text !== "" && !this.source.write(text)) await Promise.race([once(this.source, "drain"), this.written]);
  }

  async end(): Promise<void> {
    this.source.end();
    await this.written;
  }

  async destroy(): Promise<void> {
    this.source.destroy();
    await this.written.catch(() => undefined);
  }
}

/**
 * A file that is written beside its place, and put there when it is whole: until then what was there before stays.
 * @param mode the permissions of the one that is there; null where there is none.
 */
export async function openFile(path: string, mode: number | null): Promise<Destination> {
  // A link stays a link, also where what it leads to is still to be made.
  const target = await locate(path);
  const beside = `${target}.${randomUUID()}.part`;
  const text = await FileText.open(beside, "wx", path);
  // A second Ctrl-C waits for nothing.
  const removeNow = () => {
    rmSync(beside, { force: true });
  };
  process.once("exit", removeNow);
  const discard = async () => {
    await text.destroy();
    await rm(beside, { force: true });
    process.off("exit", removeNow);
  };
  return {
    path,
    write: (part) => text.write(part),
    discard,
    async finish() {
      try {
        await text.end();
        if (mode !== null) await chmod(beside, mode & 0o7777);
        await rename(beside, target);
        process.off("exit", removeNow);
      } catch (error) {
        await discard();
        throw error;
      }
      await syncFolder(dirname(target));
    },
  };
}

const READER_LOOK_MS = 100;

/** Opens a pipe once somebody reads it. @throws AbortedError when the signal comes before. */
async function openForReader(path: string, signal: AbortSignal): Promise<number> {
  while (!signal.aborted) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (!hasFailedWith(error, "ENXIO")) throw error;
    }
    await sleep(READER_LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  throw new AbortedError("Nobody reads.");
}

/** A device or a pipe. */
export async function openSpecialFile(path: string, isPipe: boolean, signal: AbortSignal): Promise<Destination> {
  const text = await (isPipe ? FileText.openPipe(path, signal) : FileText.open(path, "w"));
  return { path, write: (part) => text.write(part), finish: () => text.end(), discard: () => text.destroy() };
}
