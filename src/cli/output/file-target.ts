import { once } from "node:events";
import { type BigIntStats, constants, createWriteStream, openSync } from "node:fs";
import { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createGzip } from "node:zlib";
import { hasErrorCode } from "../../files/error-code.js";
import { Replacement } from "../../files/replacement.js";
import { AbortedError } from "../../model/errors.js";

/** An output for text or bytes. A write waits until the output accepts them. */
export interface OutputTarget {
  /** The path of the output, for the report; null for standard output. */
  readonly path: string | null;
  write(part: string | Uint8Array): Promise<void>;
  /** Completes the output. A new file replaces the previous one. */
  finish(): Promise<void>;
  /** Discards an incomplete output. The previous file stays unchanged. */
  discard(): Promise<void>;
}

/** Whether a file is compressed, by its name. */
export function isCompressed(path: string): boolean {
  return path.toLowerCase().endsWith(".gz");
}

/** Writes text to a file, compressed if its name ends in `.gz`. */
class FileText {
  private readonly source = new PassThrough();
  private readonly written: Promise<void>;

  private constructor(path: string, file: NodeJS.WritableStream, options: { signal?: AbortSignal } = {}) {
    const written = isCompressed(path)
      ? pipeline(this.source, createGzip(), file, options)
      : pipeline(this.source, file, options);
    this.written = written.catch((error: unknown) => {
      if (options.signal?.aborted === true) throw new AbortedError(NO_READER);
      // The message for a full disk does not name the file.
      if (error instanceof Error) error.message = `${path}: ${error.message}`;
      throw error;
    });
    // The next write or the end awaits the error.
    this.written.catch(() => undefined);
  }

  /** @throws the error of the file system if the file cannot be opened. */
  static async open(
    path: string,
    { flags, name = path, mode }: { flags: string; name?: string; mode?: number },
  ): Promise<FileText> {
    const file = createWriteStream(path, { flags, mode, flush: flags === "wx" });
    await once(file, "open").catch((error: unknown) => {
      // The message must contain the name that the user gave.
      if (error instanceof Error) error.message = error.message.replaceAll(path, name);
      throw error;
    });
    return new FileText(name, file);
  }

  /** Writes to a descriptor that the shell has opened, as in `3>> file`, at its current position. It stays open. */
  static openDescriptor(path: string, descriptor: number): FileText {
    return new FileText(path, createWriteStream(path, { fd: descriptor, autoClose: false }));
  }

  /** @param signal aborts the wait for a reader. A blocking `open` could not be aborted. */
  static async openPipe(path: string, signal: AbortSignal): Promise<FileText> {
    const pipe = new Socket({ fd: await openForReader(path, signal), readable: false, writable: true });
    return new FileText(path, pipe, { signal });
  }

  async write(part: string | Uint8Array): Promise<void> {
    if (part.length > 0 && !this.source.write(part)) await Promise.race([once(this.source, "drain"), this.written]);
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
 * Opens a file that is written under another name, and renamed when it is complete. Until then, the previous file stays.
 * @param before the status of the previous file, whose owner and permissions the new file gets; null if there is none.
 */
export async function openFile(path: string, before: BigIntStats | null): Promise<OutputTarget> {
  const replacement = await Replacement.prepare(path, before);
  const { temporaryPath, mode } = replacement;
  const text = await FileText.open(temporaryPath, { flags: "wx", name: path, mode });
  await replacement.begin();
  const discard = async () => {
    await text.destroy();
    await replacement.discard();
  };
  return {
    path,
    write: (part) => text.write(part),
    discard,
    async finish() {
      try {
        await text.end();
      } catch (error) {
        await discard();
        throw error;
      }
      await replacement.commit();
    },
  };
}

const READER_POLL_MS = 100;

/** The message of an error that ends a wait for a reader. */
export const NO_READER = "The output has no reader.";

/** Opens a pipe when it has a reader. @throws AbortedError if the signal aborts first. */
async function openForReader(path: string, signal: AbortSignal): Promise<number> {
  while (!signal.aborted) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (!hasErrorCode(error, "ENXIO")) throw error;
    }
    await sleep(READER_POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  throw new AbortedError(NO_READER);
}

/** Opens a descriptor of this process. */
export function openDescriptor(path: string, descriptor: number): OutputTarget {
  return targetOf(path, FileText.openDescriptor(path, descriptor));
}

/** Opens a device or a pipe. */
export async function openSpecialFile(path: string, isPipe: boolean, signal: AbortSignal): Promise<OutputTarget> {
  return targetOf(path, await (isPipe ? FileText.openPipe(path, signal) : FileText.open(path, { flags: "w" })));
}

function targetOf(path: string, text: FileText): OutputTarget {
  return { path, write: (part) => text.write(part), finish: () => text.end(), discard: () => text.destroy() };
}
