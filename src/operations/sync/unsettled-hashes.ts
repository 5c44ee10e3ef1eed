import type { Intervals, Span } from "../../engine/lists/intervals.js";
import { asStale, isStale, type RowVersions } from "./row-versions.js";

/** Length of a segment in milliseconds. The calls of a segment are saved and released together. */
const SEGMENT_MS = 900_000;

/** The calls of one application that started in one quarter of an hour, by key. Forks share a segment until they change it. */
interface Segment {
  readonly rows: Map<string, RowVersions>;
  /** The saved form; null when it must be built again. */
  lines: string[] | null;
}

/** Returns the segment of an instant, widened at both ends. Its calls are released when all of this span is complete. */
export function segmentAround(at: number, marginMs: number): Span {
  const from = Math.floor(at / SEGMENT_MS) * SEGMENT_MS;
  return { from: from - marginMs, to: from + SEGMENT_MS + marginMs };
}

/**
 * Marks a contested id, in place of the versions of a call or before them: in this segment, the id belongs to another call than the delivered one. The mark is
 * released with the segment. It alone distinguishes the two calls once the delivered one is complete.
 */
const CONTESTED = "?";

/** Separates the versions of a call from its place in the segment. A line without a place is accepted. */
const PLACE = "~";
const PLACE_RADIX = 36;

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
  private places: Places;
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
    this.places = new Places(places);
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
    const place = this.places.get(placeKey(application, key));
    const text = place === undefined ? undefined : this.segments.get(place)?.rows.get(key);
    return text === undefined ? undefined : readText(text).versions;
  }

  /** Returns the instant at which a call is stored, or the start of its segment when only that is known; undefined when it is not stored. */
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

  /** Marks the id as contested in the segment of this instant. */
  contest(application: string | null, key: string, at: number): void {
    const name = nameOf(application, at);
    if (this.isContested(application, key, at)) return;
    this.writableRows(name).set(key, `${CONTESTED}${this.segments.get(name)?.rows.get(key) ?? ""}`);
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
    this.writableRows(name).set(key, `${versions}${PLACE}${(at - readName(name).from).toString(PLACE_RADIX)}`);
    this.places.set(place, name);
  }

  /** Changes the versions of a stored call. */
  update(application: string | null, key: string, versions: RowVersions): void {
    const place = this.places.get(placeKey(application, key));
    if (place === undefined) return;
    const rows = this.writableRows(place);
    const text = rows.get(key) ?? "";
    const { place: at } = readText(text);
    rows.set(key, `${text.startsWith(CONTESTED) ? CONTESTED : ""}${versions}${at === null ? "" : `${PLACE}${at}`}`);
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

  /** Marks each call for another delivery, whatever its content and its start. */
  markStale(): void {
    for (const [name, { rows }] of [...this.segments]) {
      for (const [key, text] of [...rows]) {
        if (text === CONTESTED) this.remove(name, key);
        else
          this.writableRows(name).set(key, asStale(text.startsWith(CONTESTED) ? text.slice(CONTESTED.length) : text));
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

/** The segment of each call. A fork stores only its differences from the shared map. */
class Places {
  private readonly changes = new Map<string, string | null>();

  constructor(private readonly shared: Map<string, string>) {}

  fork(): Places {
    const fork = new Places(this.shared);
    for (const [place, name] of this.changes) fork.changes.set(place, name);
    return fork;
  }

  /** Writes the differences to the shared map. */
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

/** Parses the text of a row, without the mark of a contested id. */
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

/** Returns one text per pair. The length of the application keeps two pairs apart. */
export function placeKey(application: string | null, key: string): string {
  const name = application ?? "";
  return `${name.length}:${name}${key}`;
}
