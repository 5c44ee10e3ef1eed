import { once } from "node:events";
import { constants, createWriteStream, openSync, rmSync, type Stats } from "node:fs";
import { chmod, chown, rm, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { dirname } from "node:path";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createGzip } from "node:zlib";
import { hasErrorCode } from "../../files/error-code.js";
import { resolveRealPath } from "../../files/location.js";
import { ignoreUnsupported, syncDirectory } from "../../files/durable-file.js";
import { AbortedError } from "../../model/errors.js";
import type { OutputTarget } from "./output-target.js";
import { partFileFor } from "./part-file.js";
import { PartlyWritten, putInPlace } from "./put-in-place.js";

/** Whether what goes to a file is compressed, by its name. */
export function isCompressed(path: string): boolean {
  return path.toLowerCase().endsWith(".gz");
}

const NEW_FILE_MODE = 0o666;
const OWNER_ONLY = 0o700;
const GROUP = 0o070;

/** Text on its way to a file: compressed where the name says so. */
class FileText {
  private readonly source = new PassThrough();
  private readonly written: Promise<void>;

  private constructor(path: string, file: NodeJS.WritableStream, options: { signal?: AbortSignal } = {}) {
    const written = isCompressed(path)
      ? pipeline(this.source, createGzip(), file, options)
      : pipeline(this.source, file, options);
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
  static async open(
    path: string,
    { flags, name = path, mode = NEW_FILE_MODE }: { flags: string; name?: string; mode?: number },
  ): Promise<FileText> {
    const file = createWriteStream(path, { flags, mode, flush: flags === "wx" });
    await once(file, "open").catch((error: unknown) => {
      // The name that the user knows.
      if (error instanceof Error) error.message = error.message.replaceAll(path, name);
      throw error;
    });
    return new FileText(name, file);
  }

  /** What is open already, as `3>> file` has it: it stays open, and is written to where it is. */
  static openDescriptor(path: string, descriptor: number): FileText {
    return new FileText(path, createWriteStream(path, { fd: descriptor, autoClose: false }));
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

/** Another program has taken away what was written of a file, or has made its path lead elsewhere. */
export class MovedMeanwhile extends Error {}

/**
 * A file that is written beside its place, and put there when it is whole: until then what was there before stays.
 * @param before what is there, whose owner and permissions it takes; null where there is nothing.
 */
export async function openFile(path: string, before: Stats | null): Promise<OutputTarget> {
  // A link stays a link, also where what it leads to is still to be made.
  const target = await resolveRealPath(path);
  const beside = await partFileFor(target);
  // Until it takes the place of a file, only its owner has it: the permissions of that file may speak of another group.
  const text = await FileText.open(beside, {
    flags: "wx",
    name: path,
    ...(before === null ? {} : { mode: before.mode & OWNER_ONLY }),
  });
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
  const opened = await statIfThere(beside);
  return {
    path,
    write: (part) => text.write(part),
    discard,
    async finish() {
      try {
        await text.end();
        const written = await statIfThere(beside);
        if (written === null || written.dev !== opened?.dev || written.ino !== opened.ino) {
          throw new MovedMeanwhile(
            `${path}: another program has moved or removed ${beside}, which was to become it. Run the command again.`,
          );
        }
        if ((await resolveRealPath(path)) !== target)
          throw new MovedMeanwhile(`${path} leads to another file than when the command began. Run the command again.`);
        if (before !== null) await passOn(before, beside, written);
        await putInPlace(beside, target);
        process.off("exit", removeNow);
      } catch (error) {
        if (error instanceof PartlyWritten) process.off("exit", removeNow);
        else await discard();
        throw error;
      }
      await syncDirectory(dirname(target));
    },
  };
}

async function statIfThere(path: string): Promise<Stats | null> {
  return stat(path).catch((error: unknown) => {
    if (hasErrorCode(error, "ENOENT")) return null;
    throw error;
  });
}

/** Gives a file the owner and the permissions of the one that it replaces, as far as this user may. Nobody may read it who could not read that one. */
async function passOn(before: Stats, path: string, written: Stats): Promise<void> {
  const isSameOwner = before.uid === written.uid && before.gid === written.gid;
  const isGiven =
    isSameOwner ||
    (await chown(path, before.uid, before.gid).then(
      () => true,
      () => false,
    ));
  const mode = isGiven || before.gid === written.gid ? before.mode : before.mode & ~GROUP;
  await ignoreUnsupported(() => chmod(path, mode & 0o7777));
}

const READER_LOOK_MS = 100;

/** Opens a pipe once somebody reads it. @throws AbortedError when the signal comes before. */
async function openForReader(path: string, signal: AbortSignal): Promise<number> {
  while (!signal.aborted) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (!hasErrorCode(error, "ENXIO")) throw error;
    }
    await sleep(READER_LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  throw new AbortedError("Nobody reads.");
}

/** What this process has open already. */
export function openDescriptor(path: string, descriptor: number): OutputTarget {
  const text = FileText.openDescriptor(path, descriptor);
  return { path, write: (part) => text.write(part), finish: () => text.end(), discard: () => text.destroy() };
}

/** A device or a pipe. */
export async function openSpecialFile(path: string, isPipe: boolean, signal: AbortSignal): Promise<OutputTarget> {
  const text = await (isPipe ? FileText.openPipe(path, signal) : FileText.open(path, { flags: "w" }));
  return { path, write: (part) => text.write(part), finish: () => text.end(), discard: () => text.destroy() };
}
