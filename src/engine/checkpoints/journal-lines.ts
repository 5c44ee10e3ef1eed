import { createHash } from "node:crypto";
import type { JsonValue } from "../../contract/http.js";
import { applyChanges } from "./checkpoint-store.js";

/** What was saved of each account, by name. */
export type Saved = Map<string, Map<string, JsonValue>>;

/** The file is not one that this library wrote, or not any more. The message says in which way. */
export class UnreadableJournal extends Error {
  constructor(
    message: string,
    /** What can be done about it. */
    readonly advice: string,
  ) {
    super(message);
  }
}

/** One save, as a line of the file. */
export interface Entry {
  account: string;
  changes: Record<string, JsonValue | null>;
}

/** All that is saved, as one line: what stands before it no longer counts. */
interface Snapshot {
  snapshot: Entry[];
}

const HEADER = { format: "call-records/checkpoints", version: 1 };
const HEADER_LINE = Buffer.from(`${JSON.stringify(HEADER)}\n`);
/** With which such a file begins, whatever its version. */
export const JOURNAL_BEGIN = JSON.stringify({ format: HEADER.format }).slice(0, -1);
const DIGEST_LENGTH = 16;

export function printEntry(entry: Entry): Buffer {
  return print(entry);
}

export function printSnapshot(saved: Saved): Buffer {
  return print({ snapshot: entriesOf(saved) });
}

/** The file that holds this and nothing else. */
export function printJournal(saved: Saved): Buffer {
  return Buffer.concat([HEADER_LINE, ...entriesOf(saved).map(print)]);
}

/** How large that file is. */
export function sizeOfJournal(saved: Saved): number {
  return entriesOf(saved).reduce((sum, entry) => sum + print(entry).length, HEADER_LINE.length);
}

/** Whether a file is no more than the beginning of its first line. */
export function isBeginOfHeader(content: Buffer): boolean {
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

/** What the whole lines of a file say, and where they end. @throws UnreadableJournal */
export function readLines(content: Buffer): { saved: Saved; end: number } {
  const end = content.lastIndexOf("\n") + 1;
  const [header = "", ...lines] = content.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
  readHeader(header);
  const saved: Saved = new Map();
  for (let index = 0; index < lines.length; index += 1) {
    const read = readLine(lines[index] ?? "");
    if (read !== null) applyLine(saved, read);
    else {
      // A file that cannot be replaced is written anew in place, behind a snapshot: what stands before that one may be half written.
      const at = lines.findLastIndex((line, place) => place > index && isSnapshot(readLine(line)));
      if (at < 0) throw damaged(index + 2);
      index = at - 1;
    }
  }
  return { saved, end };
}

/** Null where the line is damaged. */
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

/** Brings what is saved to the state after a save. */
export function applyEntry(saved: Saved, { account, changes }: Entry): void {
  const parts = saved.get(account) ?? new Map<string, JsonValue>();
  applyChanges(parts, changes);
  saved.set(account, parts);
}

function readHeader(line: string): void {
  const { format, version } = parseObject(line);
  if (format !== HEADER.format)
    throw new UnreadableJournal(
      "is no file of checkpoints",
      "Give the store a path of its own; or restore the file from a copy.",
    );
  if (typeof version !== "number" || version < 1) throw damaged(1);
  if (version > HEADER.version)
    throw new UnreadableJournal("was written by a later version of call-records", "Update call-records.");
}

function damaged(line: number): UnreadableJournal {
  return new UnreadableJournal(
    `is damaged in line ${line}`,
    "Restore it from a copy; or remove it, and everything is read again and comes as `new`.",
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
