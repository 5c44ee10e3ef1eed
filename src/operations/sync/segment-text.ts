import type { Span } from "../../engine/lists/intervals.js";
import type { RowVersions } from "./row-versions.js";

/** Length of a segment in milliseconds. The calls of a segment are saved and released together. */
export const SEGMENT_MS = 900_000;

/** Returns the segment of an instant, widened at both ends. Its calls are released when all of this span is complete. */
export function segmentAround(at: number, marginMs: number): Span {
  const from = Math.floor(at / SEGMENT_MS) * SEGMENT_MS;
  return { from: from - marginMs, to: from + SEGMENT_MS + marginMs };
}

/**
 * Marks a contested id, in place of the versions of a call or before them: in this segment, the id belongs to another call than the delivered one. The mark is
 * released with the segment. It alone distinguishes the two calls once the delivered one is complete.
 */
export const CONTESTED = "?";

/** Separates the versions of a call from its place in the segment. A line without a place is accepted. */
const PLACE = "~";
const PLACE_RADIX = 36;

/** A call in a segment. */
interface SegmentRow {
  /** Whether the id also belongs to another call. */
  isContested: boolean;
  versions: RowVersions;
  /** Milliseconds from the start of the segment; null when unknown. */
  offsetMs: number | null;
}

/** Parses the text of a row. */
export function readRow(text: string): SegmentRow {
  const isContested = text.startsWith(CONTESTED);
  const [versions = "", place] = text.slice(isContested ? CONTESTED.length : 0).split(PLACE);
  return { isContested, versions, offsetMs: place === undefined ? null : Number.parseInt(place, PLACE_RADIX) };
}

export function printRow({ isContested, versions, offsetMs }: SegmentRow): string {
  const place = offsetMs === null ? "" : `${PLACE}${offsetMs.toString(PLACE_RADIX)}`;
  return `${isContested ? CONTESTED : ""}${versions}${place}`;
}

/** Parses a line of the saved form. */
export function readLine(line: string): [string, string] {
  const end = line.indexOf(" ");
  return [line.slice(end + 1), line.slice(0, end)];
}

/** Returns the name of the segment of an instant. */
export function nameOf(application: string | null, at: number): string {
  return `${application ?? ""}@${new Date(Math.floor(at / SEGMENT_MS) * SEGMENT_MS).toISOString()}`;
}

export function readName(name: string): { application: string; from: number } {
  const at = name.lastIndexOf("@");
  return { application: name.slice(0, at), from: Date.parse(name.slice(at + 1)) };
}

/** Returns one text per pair. The length of the application keeps two pairs apart. */
export function placeKey(application: string | null, key: string): string {
  const name = application ?? "";
  return `${name.length}:${name}${key}`;
}
