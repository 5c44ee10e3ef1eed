import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { flushToDisk, syncDirectory, writeAll } from "../files/durable-file.js";
import { hasErrorCode } from "../files/error-code.js";
import { FileLock, LockHeldError } from "../files/file-lock.js";
import { CheckpointError } from "../model/errors.js";
import type { OpenedRecording } from "../operations/open-recording.js";
import { Manifest, type ManifestEntry } from "./manifest.js";

const MANIFEST = "manifest.ndjson";
/** The folder of files that are not complete, or not yet at their place. */
const PARTS = ".parts";

/** The recording to store, without the properties of the file. */
export type EntryStart = Omit<ManifestEntry, "bytes" | "sha256" | "contentType" | "at" | "gone">;

/**
 * The folder of an archive. A recording is written to a file in `.parts`, then its line to the manifest, then the file is moved to its place. Each step is on the
 * disk before the next begins. A killed process therefore leaves no partial file and no file without a line at its place. A file that has a line but is not at its
 * place is moved there at the next start.
 */
export class ArchiveFolder {
  private constructor(
    private readonly directory: string,
    private readonly lock: FileLock,
    private readonly manifest: Manifest,
  ) {}

  /** Opens a folder, and creates it if it does not exist. @throws CheckpointError when another process uses it, or its manifest cannot be read. */
  static async open(directory: string): Promise<ArchiveFolder> {
    await mkdir(join(directory, PARTS), { recursive: true });
    const lock = await FileLock.acquire(join(directory, `${MANIFEST}.lock`)).catch((error: unknown) => {
      if (!(error instanceof LockHeldError)) throw error;
      throw new CheckpointError(`${directory}: another process is writing to this archive. Wait until it has ended.`);
    });
    try {
      const manifest = await Manifest.open(join(directory, MANIFEST));
      const folder = new ArchiveFolder(directory, lock, manifest);
      await folder.finishMoves();
      return folder;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Returns the entry of a recording that needs no download: its file is complete, or it is gone. */
  async find(path: string): Promise<ManifestEntry | null> {
    const entry = this.manifest.entries.get(path);
    if (entry === undefined) return null;
    return entry.gone !== null || (await sizeOf(this.placeOf(path))) === entry.bytes ? entry : null;
  }

  /** Stores a recording. Reads from the vendor as fast as the disk accepts it. @throws the error of the body, or of the file system. */
  async store(start: EntryStart, { body, contentType }: OpenedRecording): Promise<ManifestEntry> {
    const part = this.partOf(start.path);
    try {
      const { bytes, sha256 } = await writePart(part, body);
      const entry = { ...start, bytes, sha256, contentType, at: new Date().toISOString(), gone: null };
      const place = this.placeOf(start.path);
      await makeFolder(dirname(place));
      await this.manifest.append(entry);
      await moveTo(part, place);
      return entry;
    } catch (error) {
      body.destroy();
      // With its line, the file is complete, and is moved at the next start.
      if (!this.manifest.entries.has(start.path)) await rm(part, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Notes that a recording is gone. */
  async noteGone(start: EntryStart, reason: string): Promise<ManifestEntry> {
    const entry = {
      ...start,
      ...{ bytes: null, sha256: null, contentType: null, at: new Date().toISOString(), gone: reason },
    };
    await this.manifest.append(entry);
    return entry;
  }

  async close(): Promise<void> {
    await this.manifest.close();
    await this.lock.release();
  }

  /** Moves complete files to their place, and removes the others. */
  private async finishMoves(): Promise<void> {
    const names = new Set(await readdir(join(this.directory, PARTS)));
    if (names.size === 0) return;
    for (const { path, sha256 } of this.manifest.entries.values()) {
      const part = this.partOf(path);
      if (sha256 === null || !names.has(nameOfPart(path)) || (await hashOf(part)) !== sha256) continue;
      await makeFolder(dirname(this.placeOf(path)));
      await moveTo(part, this.placeOf(path));
    }
    for (const name of names) await rm(join(this.directory, PARTS, name), { force: true });
  }

  private placeOf(path: string): string {
    return join(this.directory, ...path.split("/"));
  }

  private partOf(path: string): string {
    return join(this.directory, PARTS, nameOfPart(path));
  }
}

function nameOfPart(path: string): string {
  return `${createHash("sha256").update(path).digest("hex")}.part`;
}

async function writePart(path: string, body: Readable): Promise<{ bytes: number; sha256: string }> {
  const file = await open(path, "w", 0o600);
  try {
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      await writeAll(file, chunk, bytes);
      bytes += chunk.byteLength;
    }
    await flushToDisk(file);
    return { bytes, sha256: hash.digest("hex") };
  } finally {
    await file.close();
  }
}

async function moveTo(part: string, place: string): Promise<void> {
  await rename(part, place);
  await syncDirectory(dirname(place));
}

async function makeFolder(path: string): Promise<void> {
  const created = await mkdir(path, { recursive: true });
  if (created !== undefined) await syncDirectory(dirname(created));
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return null;
    throw error;
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
