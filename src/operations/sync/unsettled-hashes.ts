import type { Intervals, Span } from "../../engine/lists/intervals.js";
import { asStale, isStale, type RowVersions } from "./row-versions.js";

/** So much of the calls' time is kept, saved and let go of together, in milliseconds. */
const SEGMENT_MS = 900_000;

/** The rows of one application in one quarter of an hour: what is kept of each, by key. Forks share it until they change it. */
interface Segment {
  readonly rows: Map<string, RowVersions>;
  /** As it is saved; null where that has to be written anew. */
  lines: string[] | null;
}

/** The segment that an instant lies in, wider at both ends: its rows are let go when all of this is complete. */
export function segmentAround(at: number, marginMs: number): Span {
  const from = Math.floor(at / SEGMENT_MS) * SEGMENT_MS;
  return { from: from - marginMs, to: from + SEGMENT_MS + marginMs };
}

/**
 * In the place of a call's versions, or before them: in this segment, the id of the call stands for another call than the one that was handed out. It is let
 * go of with the segment, as it is the only thing that tells the two calls apart once the one that was handed out is complete.
 */
const CONTESTED = "?";

/** Before the place of a call in its segment, behind its versions. A line without it is read too. */
const PLACE = "~";
const PLACE_RADIX = 36;

/** A call that is not kept any more. */
export interface ReleasedCall {
  key: string;
  /** Null where it is not known, or was read by other options. */
  startedAt: number | null;
}

/** Keys and contents of the calls that may come again: those that are not complete yet. */
export class UnsettledHashes {
  private segments = new Map<string, Segment>();
  /** The segment of each row, by application and key: a call whose start is corrected moves to another. */
  private places: Places;
  private changed = new Set<string>();
  /** Names of the segments whose rows no other fork has. */
  private readonly own = new Set<string>();

  /** @param saved as `lines` gave it. */
  constructor(saved: Readonly<Record<string, string[]>>) {
    const places = new Map<string, string>();
    for (const [name, lines] of Object.entries(saved)) {
      const rows = new Map(lines.map(readLine));
      this.segments.set(name, { rows, lines });
      for (const [key, text] of rows)
        if (text !== CONTESTED) places.set(placeKey(readName(name).application, key), name);
    }
    this.places = new Places(places);
  }

  /** A tail that begins as this one, and whose changes do not reach it. The rows of a segment are copied when it changes. */
  fork(): UnsettledHashes {
    const fork = new UnsettledHashes({});
    fork.segments = new Map(this.segments);
    fork.places = this.places.fork();
    fork.changed = new Set(this.changed);
    this.own.clear();
    return fork;
  }

  /** This fork takes the place of the tail that it was made from, which must not be used any more. */
  adopt(): void {
    this.places.adopt();
  }

  /** What is kept of a call; undefined where it was not handed out, or can no longer change. */
  versionsOf(application: string | null, key: string): RowVersions | undefined {
    const place = this.places.get(placeKey(application, key));
    const text = place === undefined ? undefined : this.segments.get(place)?.rows.get(key);
    return text === undefined ? undefined : readText(text).versions;
  }

  /** The instant that a call is kept at, or the beginning of its segment where only that is known; undefined where it is not kept. */
  placeOf(application: string | null, key: string): { at: number; isExact: boolean } | undefined {
    const name = this.places.get(placeKey(application, key));
    const text = name === undefined ? undefined : this.segments.get(name)?.rows.get(key);
    if (name === undefined || text === undefined) return undefined;
    const { from } = readName(name);
    const { place } = readText(text);
    return place === null
      ? { at: from, isExact: false }
      : { at: from + Number.parseInt(place, PLACE_RADIX), isExact: true };
  }

  /** From now on, the id stands for another call in the segment of this instant than the one that was handed out. */
  contest(application: string | null, key: string, at: number): void {
    const name = nameOf(application, at);
    if (this.isContested(application, key, at)) return;
    this.toChange(name).set(key, `${CONTESTED}${this.segments.get(name)?.rows.get(key) ?? ""}`);
  }

  /** Whether the id stands for another call in the segment of this instant than the one that was handed out. */
  isContested(application: string | null, key: string, at: number): boolean {
    return this.segments.get(nameOf(application, at))?.rows.get(key)?.startsWith(CONTESTED) === true;
  }

  /** @param at the call's start, or where else among the starts it is to be kept. */
  keep(application: string | null, key: string, at: number, versions: RowVersions): void {
    const name = nameOf(application, at);
    const place = placeKey(application, key);
    const earlier = this.places.get(place);
    if (earlier !== undefined && earlier !== name) this.forget(earlier, key);
    this.toChange(name).set(key, `${versions}${PLACE}${(at - readName(name).from).toString(PLACE_RADIX)}`);
    this.places.set(place, name);
  }

  /** Keeps something else of a call that is kept already, where it is. */
  update(application: string | null, key: string, versions: RowVersions): void {
    const place = this.places.get(placeKey(application, key));
    if (place === undefined) return;
    const rows = this.toChange(place);
    const text = rows.get(key) ?? "";
    const { place: at } = readText(text);
    rows.set(key, `${text.startsWith(CONTESTED) ? CONTESTED : ""}${versions}${at === null ? "" : `${PLACE}${at}`}`);
  }

  private forget(name: string, key: string): void {
    const rows = this.toChange(name);
    rows.delete(key);
    if (rows.size === 0) this.segments.delete(name);
  }

  /** The rows of a segment, which are about to change. */
  private toChange(name: string): Map<string, RowVersions> {
    const earlier = this.segments.get(name)?.rows;
    const rows = earlier !== undefined && this.own.has(name) ? earlier : new Map(earlier);
    this.own.add(name);
    this.segments.set(name, { rows, lines: null });
    this.changed.add(name);
    return rows;
  }

  /**
   * Lets go of the segments of an application that lie, with a margin, in ground which is never read again.
   * @returns their calls.
   */
  release(application: string | null, done: Intervals, marginMs: number): ReleasedCall[] {
    const released: ReleasedCall[] = [];
    for (const [name, { rows }] of this.segments) {
      const { application: own, from } = readName(name);
      if (own !== (application ?? "") || !done.covers(segmentAround(from, marginMs))) continue;
      for (const [key, text] of rows) {
        if (text === CONTESTED) continue;
        const kept = this.placeOf(application, key);
        this.places.delete(placeKey(application, key));
        const { versions } = readText(text);
        released.push({ key, startedAt: kept?.isExact === true && !isStale(versions) ? kept.at : null });
      }
      this.segments.delete(name);
      this.changed.add(name);
    }
    return released;
  }

  /** Has every call handed out again when it comes, whatever its content and its start. */
  markStale(): void {
    for (const [name, { rows }] of [...this.segments]) {
      for (const [key, text] of [...rows]) {
        if (text === CONTESTED) this.forget(name, key);
        else this.toChange(name).set(key, asStale(text.startsWith(CONTESTED) ? text.slice(CONTESTED.length) : text));
      }
    }
  }

  /** The segments of some applications, with where in time they lie, and whether one of their calls has to be handed out again, because its times may be wrong. */
  segmentsOf(applications: readonly (string | null)[]): { span: Span; rows: number; isStale: boolean }[] {
    const wanted = new Set(applications.map((application) => application ?? ""));
    return [...this.segments].flatMap(([name, { rows }]) => {
      const { application, from } = readName(name);
      const calls = [...rows.values()].filter((text) => text !== CONTESTED);
      return wanted.has(application) && calls.length > 0
        ? [{ span: { from, to: from + SEGMENT_MS }, rows: calls.length, isStale: calls.some(isStale) }]
        : [];
    });
  }

  /** Whether a call lies in the segment of this instant. */
  isIn(application: string | null, key: string, at: number): boolean {
    return this.places.get(placeKey(application, key)) === nameOf(application, at);
  }

  /** All segments by name, in plain JSON. */
  lines(): Record<string, string[]> {
    return Object.fromEntries([...this.segments].map(([name, segment]) => [name, linesOf(segment)]));
  }

  get hasChanged(): boolean {
    return this.changed.size > 0;
  }

  /** The segments that differ from what was last taken as saved; null for those that are gone. */
  changes(): Map<string, string[] | null> {
    return new Map(
      [...this.changed].map((name) => {
        const segment = this.segments.get(name);
        return [name, segment === undefined ? null : linesOf(segment)];
      }),
    );
  }

  /** What has changed so far is saved. */
  saved(): void {
    this.changed = new Set();
  }

  /** A save of a fork has failed, and may have written its segments all the same: the next save writes them as they are here. */
  writeAgain(fork: UnsettledHashes): void {
    for (const name of fork.changed) this.changed.add(name);
  }
}

/** The segment in which each row is kept. A fork notes only what differs from the map that it shares with the others. */
class Places {
  private readonly changes = new Map<string, string | null>();

  constructor(private readonly shared: Map<string, string>) {}

  fork(): Places {
    const fork = new Places(this.shared);
    for (const [place, name] of this.changes) fork.changes.set(place, name);
    return fork;
  }

  /** Writes what differs to the shared map. */
  adopt(): void {
    for (const [place, name] of this.changes) {
      if (name === null) this.shared.delete(place);
      else this.shared.set(place, name);
    }
    this.changes.clear();
  }

  get(place: string): string | undefined {
    const changed = this.changes.get(place);
    return changed === undefined ? this.shared.get(place) : (changed ?? undefined);
  }

  set(place: string, name: string): void {
    this.changes.set(place, name);
  }

  delete(place: string): void {
    this.changes.set(place, null);
  }
}

function linesOf(segment: Segment): string[] {
  segment.lines ??= [...segment.rows].map(([key, hash]) => `${hash} ${key}`);
  return segment.lines;
}

/** What is written of a row, without the mark of a contested id. */
function readText(text: string): { versions: RowVersions; place: string | null } {
  const begin = text.startsWith(CONTESTED) ? CONTESTED.length : 0;
  const end = text.indexOf(PLACE);
  return {
    versions: text.slice(begin, end < 0 ? undefined : end),
    place: end < 0 ? null : text.slice(end + PLACE.length),
  };
}

function readLine(line: string): [string, string] {
  const end = line.indexOf(" ");
  return [line.slice(end + 1), line.slice(0, end)];
}

function nameOf(application: string | null, at: number): string {
  return `${application ?? ""}@${new Date(Math.floor(at / SEGMENT_MS) * SEGMENT_MS).toISOString()}`;
}

function readName(name: string): { application: string; from: number } {
  const at = name.lastIndexOf("@");
  return { application: name.slice(0, at), from: Date.parse(name.slice(at + 1)) };
}

/** One text for each pair: where the application ends is told by its length. */
export function placeKey(application: string | null, key: string): string {
  const name = application ?? "";
  return `${name.length}:${name}${key}`;
}
