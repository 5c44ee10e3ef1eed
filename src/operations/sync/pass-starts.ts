import { placeKey } from "./unsettled-hashes.js";

/** So many starts are remembered: those of the calls that were read, or became complete, last. A long pass needs no more memory than a short one. */
const MAX_STARTS = 100_000;

/** With which start each call was read in this pass, or was known when it became complete in it. */
export class PassStarts {
  private readonly starts = new Map<string, number>();

  note(application: string | null, key: string, startedAt: number): void {
    const place = placeKey(application, key);
    this.starts.delete(place);
    this.starts.set(place, startedAt);
    if (this.starts.size <= MAX_STARTS) return;
    const [oldest] = this.starts.keys();
    if (oldest !== undefined) this.starts.delete(oldest);
  }

  /** The start that a call was read with last; undefined where neither is so, or it is no longer remembered. */
  of(application: string | null, key: string): number | undefined {
    return this.starts.get(placeKey(application, key));
  }
}
