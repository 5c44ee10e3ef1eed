import { createHash } from "node:crypto";
import type { JsonValue } from "../../contract/http.js";
import { applyChanges } from "./checkpoint-store.js";

/** The saved parts by account and name. */
export type Saved = Map<string, Map<string, JsonValue>>;

/** The file is damaged or was not written by this library. The message states which. */
export class UnreadableJournal extends Error {
  constructor(
    message: string,
    /** How the user can solve the problem. */
    readonly advice: string,
  ) {
    super(message);
  }
}

/** One save, which is a line of the file. */
export interface Entry {
  account: string;
  changes: Record<string, JsonValue | null>;
}

/** The complete content in one line, which supersedes all lines before it. */
interface Snapshot {
  snapshot: Entry[];
}

const HEADER = { format: "call-records/checkpoints", version: 1 };
const HEADER_LINE = Buffer.from(`${JSON.stringify(HEADER)}\n`);
/** The beginning of every checkpoint file, independent of the version. */
export const JOURNAL_PREFIX = JSON.stringify({ format: HEADER.format }).slice(0, -1);
const DIGEST_LENGTH = 16;

export function printEntry(entry: Entry): Buffer {
  return print(entry);
}

export function printSnapshot(saved: Saved): Buffer {
  return print({ snapshot: entriesOf(saved) });
}

/** Returns the content of a new file with these parts. */
export function printJournal(saved: Saved): Buffer {
  return Buffer.concat([HEADER_LINE, ...entriesOf(saved).map(print)]);
}

/** The size of that file in bytes. */
export function sizeOfJournal(saved: Saved): number {
  return entriesOf(saved).reduce((sum, entry) => sum + print(entry).length, HEADER_LINE.length);
}

/** Whether a file contains only the beginning of its first line. */
export function isHeaderPrefix(content: Buffer): boolean {
  return content.length < HEADER_LINE.length && HEADER_LINE.subarray(0, content.length).equals(content);
}

function entriesOf(saved: Saved): Entry[] {
  return [...saved].map(([account, parts]) => ({ account, changes: Object.fromEntries(parts) }));
}

function print(line: Entry | Snapshot): Buffer {
  const json = JSON.stringify(line);
  return Buffer.from(`${digest(json)} ${json}\n`);
}

function digest(json: string): string {
  return createHash("sha256").update(json).digest("hex").slice(0, DIGEST_LENGTH);
}

/** Reads the complete lines of a file. @returns the parts, and the offset after the last complete line. @throws UnreadableJournal */
export function readLines(content: Buffer): { saved: Saved; end: number } {
  const end = content.lastIndexOf("\n") + 1;
  const [header = "", ...lines] = content.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
  readHeader(header);
  const saved: Saved = new Map();
  for (let index = 0; index < lines.length; index += 1) {
    const read = readLine(lines[index] ?? "");
    if (read !== null) applyLine(saved, read);
    else {
      // A file that cannot be replaced is rewritten in place, before a snapshot. The lines before the snapshot may be incomplete.
      const at = lines.findLastIndex((line, place) => place > index && isSnapshot(readLine(line)));
      if (at < 0) throw damaged(index + 2);
      index = at - 1;
    }
  }
  return { saved, end };
}

/** Parses a line; null if it is damaged. */
function readLine(line: string): Entry | Snapshot | null {
  const json = line.slice(DIGEST_LENGTH + 1);
  return line.startsWith(`${digest(json)} `) ? (JSON.parse(json) as Entry | Snapshot) : null;
}

function isSnapshot(line: Entry | Snapshot | null): line is Snapshot {
  return line !== null && "snapshot" in line;
}

function applyLine(saved: Saved, line: Entry | Snapshot): void {
  if (!isSnapshot(line)) {
    applyEntry(saved, line);
    return;
  }
  saved.clear();
  for (const entry of line.snapshot) applyEntry(saved, entry);
}

/** Returns the labels of the accounts with parts. */
export function accountsIn(saved: Saved): string[] {
  return [...saved].flatMap(([account, parts]) => (parts.size > 0 ? [account] : []));
}

/** Applies a save to the saved parts. */
export function applyEntry(saved: Saved, { account, changes }: Entry): void {
  const parts = saved.get(account) ?? new Map<string, JsonValue>();
  applyChanges(parts, changes);
  saved.set(account, parts);
}

function readHeader(line: string): void {
  const { format, version } = parseObject(line);
  if (format !== HEADER.format)
    throw new UnreadableJournal(
      "is not a checkpoint file",
      "Use another path for the store, or restore the file from a backup.",
    );
  if (typeof version !== "number" || version < 1) throw damaged(1);
  if (version > HEADER.version)
    throw new UnreadableJournal("was written by a later version of call-records", "Update call-records.");
}

function damaged(line: number): UnreadableJournal {
  return new UnreadableJournal(
    `is damaged in line ${line}`,
    "Restore it from a backup, or remove it. Then everything is read again and delivered as `new`.",
  );
}

function parseObject(line: string): { format?: unknown; version?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
