import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { syncDirectory, writeAt } from "../files/durable-file.js";
import { openRegularFile } from "../files/regular-file.js";
import { CheckpointError } from "../model/errors.js";

const VERSION = 1;
const HEADER = { format: "call-records recordings", version: VERSION };

const headerSchema = z.object({ format: z.literal(HEADER.format), version: z.number() });

const entrySchema = z.object({
  path: z.string().min(1),
  account: z.string(),
  application: z.string().nullable(),
  callId: z.string(),
  recordingId: z.string().nullable(),
  kind: z.enum(["call", "voicemail"]),
  bytes: z.int().nonnegative().nullable(),
  sha256: z.string().nullable(),
  contentType: z.string().nullable(),
  at: z.string(),
  gone: z.string().nullable(),
});

/** A line of the manifest: a recording that was archived, or one that is gone. A later line for the same path replaces an earlier one. */
export interface ManifestEntry {
  /** The path in the archive, with `/`: see `recordingPath`. No file exists there if the recording is gone. */
  path: string;
  /** The account's label. */
  account: string;
  /** The application of the call, or null. */
  application: string | null;
  /** The vendor's id of the call. */
  callId: string;
  /** The vendor's id of the recording, or null. */
  recordingId: string | null;
  /** `voicemail`: a message that the caller left. */
  kind: "call" | "voicemail";
  /** The size of the file; null if the recording is gone. */
  bytes: number | null;
  /** The SHA-256 of the file in hex; null if the recording is gone. */
  sha256: string | null;
  /** The media type that the server stated; null if the recording is gone. */
  contentType: string | null;
  /** The time at which it was fetched, or found to be gone, as ISO 8601 in UTC. */
  at: string;
  /** The reason why the recording is gone; null if it was archived. */
  gone: string | null;
}

/** The manifest of an archive: a file of JSON lines, to which only one process appends. */
export class Manifest {
  /** Each append waits for the previous one. */
  private appending: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: FileHandle,
    private size: number,
    /** The latest entry of each path. */
    readonly entries: Map<string, ManifestEntry>,
  ) {}

  /**
   * Opens a manifest, and creates it if it does not exist. A last line that a killed process wrote only in part is removed.
   * @throws CheckpointError when it is damaged, or of another version; the errors of the file system.
   */
  static async open(path: string): Promise<Manifest> {
    const file = await openRegularFile(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const text = await file.readFile();
      const end = text.lastIndexOf(0x0a) + 1;
      const entries = readEntries(path, text.subarray(0, end).toString());
      const manifest = new Manifest(file, end, entries);
      if (end < text.byteLength) await file.truncate(end);
      if (end === 0) await manifest.write(HEADER);
      await syncDirectory(dirname(path));
      return manifest;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Appends an entry. Resolves when it is on the disk. */
  append(entry: ManifestEntry): Promise<void> {
    const appended = this.appending.then(() => this.write(entry));
    // A failure is reported to the caller of this append only.
    this.appending = appended.catch(() => undefined);
    return appended.then(() => {
      this.entries.set(entry.path, entry);
    });
  }

  async close(): Promise<void> {
    await this.appending;
    await this.file.close();
  }

  private async write(line: object): Promise<void> {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      // At a position, so that a line that was written only in part is overwritten.
      await writeAt(this.file, bytes, this.size);
      this.size += bytes.byteLength;
    } catch (error) {
      await this.file.truncate(this.size).catch(() => undefined);
      throw error;
    }
  }
}

function readEntries(path: string, text: string): Map<string, ManifestEntry> {
  const entries = new Map<string, ManifestEntry>();
  const [first, ...lines] = text.split("\n").slice(0, -1);
  if (first === undefined) return entries;
  const header = headerSchema.safeParse(parse(first)).data;
  if (header === undefined)
    throw new CheckpointError(`${path} is not the manifest of an archive of recordings. Choose another directory.`);
  if (header.version !== VERSION)
    throw new CheckpointError(
      `${path} has the version ${header.version}, and this library reads version ${VERSION}. Use the version of the library that wrote it, or choose another directory.`,
    );
  for (const [index, line] of lines.entries()) {
    const entry = entrySchema.safeParse(parse(line)).data;
    if (entry === undefined)
      throw new CheckpointError(
        `${path}: line ${index + 2} is damaged. Remove the line: the recording is then fetched again.`,
      );
    entries.set(entry.path, entry);
  }
  return entries;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
