import { placeKey } from "./segment-text.js";

/** Maximum number of starts in memory. The oldest are dropped, so that a long pass needs no more memory than a short one. */
const MAX_STARTS = 100_000;

/** The start with which each call was read in this pass, or was stored when the call became complete in this pass. */
export class PassStarts {
  private readonly starts = new Map<string, number>();

  set(application: string | null, key: string, startedAt: number): void {
    const place = placeKey(application, key);
    this.starts.delete(place);
    this.starts.set(place, startedAt);
    if (this.starts.size <= MAX_STARTS) return;
    const [oldest] = this.starts.keys();
    if (oldest !== undefined) this.starts.delete(oldest);
  }

  /** Returns the last start of a call; undefined when there is none, or it was dropped. */
  get(application: string | null, key: string): number | undefined {
    return this.starts.get(placeKey(application, key));
  }
}
