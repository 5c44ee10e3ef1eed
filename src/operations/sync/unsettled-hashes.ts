import type { Intervals, Span } from "../../engine/lists/intervals.js";
import { CallPlaces } from "./call-places.js";
import { asStale, isStale, type RowVersions } from "./row-versions.js";
import {
  CONTESTED,
  nameOf,
  placeKey,
  printRow,
  readLine,
  readName,
  readRow,
  SEGMENT_MS,
  segmentAround,
} from "./segment-text.js";

/** The calls of one application that started in one quarter of an hour, by key. Forks share a segment until they change it. */
interface Segment {
  readonly rows: Map<string, RowVersions>;
  /** The saved form; null when it must be built again. */
  lines: string[] | null;
}

/** A call that was removed. */
export interface ReleasedCall {
  key: string;
  /** Null when it is unknown, or was read under other options. */
  startedAt: number | null;
}

/** Keys and content hashes of the delivered calls that are not complete yet, and may therefore be listed again. */
export class UnsettledHashes {
  private segments = new Map<string, Segment>();
  /** The segment of each call, by application and key. A call whose start is corrected moves to another segment. */
  private places: CallPlaces;
  private changed = new Set<string>();
  /** Names of the segments that no other fork shares. */
  private readonly own = new Set<string>();

  /** @param saved as `lines` returned it. */
  constructor(saved: Readonly<Record<string, string[]>>) {
    const places = new Map<string, string>();
    for (const [name, lines] of Object.entries(saved)) {
      const rows = new Map(lines.map(readLine));
      this.segments.set(name, { rows, lines });
      for (const [key, text] of rows)
        if (text !== CONTESTED) places.set(placeKey(readName(name).application, key), name);
    }
    this.places = new CallPlaces(places);
  }

  /** Returns a copy. Changes of the copy do not affect the original. The rows of a segment are copied when it changes. */
  fork(): UnsettledHashes {
    const fork = new UnsettledHashes({});
    fork.segments = new Map(this.segments);
    fork.places = this.places.fork();
    fork.changed = new Set(this.changed);
    this.own.clear();
    return fork;
  }

  /** Replaces the original, which must not be used afterwards. */
  adopt(): void {
    this.places.adopt();
  }

  /** Returns the versions of a call; undefined when it was not delivered, or can no longer change. */
  versionsOf(application: string | null, key: string): RowVersions | undefined {
    const name = this.places.get(placeKey(application, key));
    const text = name === undefined ? undefined : this.segments.get(name)?.rows.get(key);
    return text === undefined ? undefined : readRow(text).versions;
  }

  /** Returns the instant at which a call is stored, or the start of its segment when only that is known; undefined when it is not stored. */
  placeOf(application: string | null, key: string): { at: number; isExact: boolean } | undefined {
    const name = this.places.get(placeKey(application, key));
    const text = name === undefined ? undefined : this.segments.get(name)?.rows.get(key);
    if (name === undefined || text === undefined) return undefined;
    const { offsetMs } = readRow(text);
    return { at: readName(name).from + (offsetMs ?? 0), isExact: offsetMs !== null };
  }

  /** Marks the id as contested in the segment of this instant. */
  contest(application: string | null, key: string, at: number): void {
    if (this.isContested(application, key, at)) return;
    const rows = this.writableRows(nameOf(application, at));
    rows.set(key, printRow({ ...readRow(rows.get(key) ?? ""), isContested: true }));
  }

  /** Whether the id belongs to another call than the delivered one, in the segment of this instant. */
  isContested(application: string | null, key: string, at: number): boolean {
    return this.segments.get(nameOf(application, at))?.rows.get(key)?.startsWith(CONTESTED) === true;
  }

  /** Stores a call, and removes it from its former segment. @param at the start of the call, or another instant at which to store it. */
  set(application: string | null, key: string, at: number, versions: RowVersions): void {
    const name = nameOf(application, at);
    const place = placeKey(application, key);
    const earlier = this.places.get(place);
    if (earlier !== undefined && earlier !== name) this.remove(earlier, key);
    const offsetMs = at - readName(name).from;
    this.writableRows(name).set(key, printRow({ isContested: false, versions, offsetMs }));
    this.places.set(place, name);
  }

  /** Changes the versions of a stored call. */
  update(application: string | null, key: string, versions: RowVersions): void {
    const place = this.places.get(placeKey(application, key));
    if (place === undefined) return;
    const rows = this.writableRows(place);
    rows.set(key, printRow({ ...readRow(rows.get(key) ?? ""), versions }));
  }

  private remove(name: string, key: string): void {
    const rows = this.writableRows(name);
    rows.delete(key);
    if (rows.size === 0) this.segments.delete(name);
  }

  /** Returns the rows of a segment for a change. */
  private writableRows(name: string): Map<string, RowVersions> {
    const earlier = this.segments.get(name)?.rows;
    const rows = earlier !== undefined && this.own.has(name) ? earlier : new Map(earlier);
    this.own.add(name);
    this.segments.set(name, { rows, lines: null });
    this.changed.add(name);
    return rows;
  }

  /**
   * Removes the segments of an application that lie, with a margin, in intervals which are never read again.
   * @returns the calls that were removed.
   */
  release(application: string | null, final: Intervals, marginMs: number): ReleasedCall[] {
    const released: ReleasedCall[] = [];
    for (const [name, { rows }] of this.segments) {
      const { application: own, from } = readName(name);
      if (own !== (application ?? "") || !final.covers(segmentAround(from, marginMs))) continue;
      for (const [key, text] of rows) {
        if (text === CONTESTED) continue;
        this.places.delete(placeKey(application, key));
        const { versions, offsetMs } = readRow(text);
        released.push({ key, startedAt: offsetMs === null || isStale(versions) ? null : from + offsetMs });
      }
      this.segments.delete(name);
      this.changed.add(name);
    }
    return released;
  }

  /** Marks each call for another delivery, whatever its content and its start. */
  markStale(): void {
    for (const [name, { rows }] of [...this.segments]) {
      for (const [key, text] of [...rows]) {
        const { versions, offsetMs } = readRow(text);
        if (text === CONTESTED) this.remove(name, key);
        else this.writableRows(name).set(key, printRow({ isContested: false, versions: asStale(versions), offsetMs }));
      }
    }
  }

  /** Returns the segments of some applications. `isStale` means that one of the calls must be delivered again, because its times may be wrong. */
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

  /** Returns all segments by name, as JSON. */
  lines(): Record<string, string[]> {
    return Object.fromEntries([...this.segments].map(([name, segment]) => [name, linesOf(segment)]));
  }

  get hasChanged(): boolean {
    return this.changed.size > 0;
  }

  /** Returns the segments that changed since the last save; null for those that were removed. */
  changes(): Map<string, string[] | null> {
    return new Map(
      [...this.changed].map((name) => {
        const segment = this.segments.get(name);
        return [name, segment === undefined ? null : linesOf(segment)];
      }),
    );
  }

  markSaved(): void {
    this.changed = new Set();
  }

  /** Marks the segments of a fork as changed. Its save failed, but may have written some of them. */
  markUnsaved(fork: UnsettledHashes): void {
    for (const name of fork.changed) this.changed.add(name);
  }
}

function linesOf(segment: Segment): string[] {
  segment.lines ??= [...segment.rows].map(([key, hash]) => `${hash} ${key}`);
  return segment.lines;
}
