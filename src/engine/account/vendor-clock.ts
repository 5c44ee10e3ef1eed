import type { HttpResponse } from "../../contract/http.js";
import type { UntimedEvent } from "../../model/events.js";
import type { Clock } from "./clock.js";
import { warnOf } from "./warn.js";

/** Clocks that differ by less are considered equal. */
const APART_MS = 300_000;
/** A smaller correction does not invalidate what was planned before it. */
const JUMP_MS = 60_000;

/** The number of recent successful responses whose times are compared, and how many must agree. One may come from a machine whose clock is wrong. */
const COMPARED = 5;
const AGREEING = 3;

/** An account's clock: this machine's, until the vendor refuses its time, and from then on the vendor's. */
export class VendorClock {
  private offsetMs = 0;
  private previousOffsetMs = 0;
  /** The milliseconds by which the vendor's clock is ahead of this machine's clock, in its last successful responses. */
  private readonly offsetsMs: number[] = [];
  /** Whether no successful response has confirmed the correction yet. */
  private unverified = false;
  private hasWarned = false;
  /** The number of corrections that invalidate what was planned before them. */
  jumps = 0;

  constructor(
    private readonly clock: Clock,
    private readonly account: string,
    private readonly emit: (event: UntimedEvent) => void,
  ) {}

  /** Returns the vendor's time in epoch milliseconds, as far as it is known. */
  now(): number {
    return this.clock.now() + this.offsetMs;
  }

  /**
   * Returns the earlier of this machine's time and the vendor's, so that an age counted from it is reached by both. A single deviating time has no effect,
   * and a vendor's clock that is ahead counts only after a correction that successful responses confirm.
   */
  soonestNow(): number {
    const agreed = this.agreed();
    const behind = agreed ?? Math.min(0, ...this.offsetsMs);
    const least = Math.min(this.offsetMs, behind < -APART_MS ? behind : 0);
    return (
      this.clock.now() + (this.offsetMs > 0 && agreed !== null && agreed > 0 ? Math.min(this.offsetMs, agreed) : least)
    );
  }

  /** Returns the vendor's time by its last successful responses, also without a correction; this machine's time where no response had one. */
  vendorNow(): number {
    return this.clock.now() + (this.offsetsMs.length > 0 ? Math.max(...this.offsetsMs) : this.offsetMs);
  }

  /** Returns the latest of this machine's time and the vendor's times, so that a later time lies in the future by each of them. */
  latestNow(): number {
    return this.clock.now() + Math.max(0, this.offsetMs, ...this.offsetsMs);
  }

  /** Returns this machine's time, without any correction. */
  ownNow(): number {
    return this.clock.now();
  }

  /** Returns `soonestNow()` where a response had a time; else null. */
  witnessedNow(): number | null {
    return this.offsetsMs.length > 0 ? this.soonestNow() : null;
  }

  /** Returns the smallest of the offsets that agree; null where too few do. */
  private agreed(): number | null {
    const sorted = [...this.offsetsMs].sort((a, b) => a - b);
    return (
      sorted.find(
        (offsetMs, index) => (sorted[index + AGREEING - 1] ?? Number.POSITIVE_INFINITY) - offsetMs <= APART_MS,
      ) ?? null
    );
  }

  /** Returns the vendor's time in a response, or this account's time where it has none. Dates in the response are relative to it. */
  nowOf(response: HttpResponse): number {
    return timeOf(response) ?? this.now();
  }

  /** Corrects the clock by the time of a response. Returns false where the response has none. */
  correct(response: HttpResponse): boolean {
    const theirs = timeOf(response);
    if (theirs === null) return false;
    const offsetMs = theirs - this.clock.now();
    if (Math.abs(offsetMs - this.offsetMs) > JUMP_MS) this.jumps += 1;
    this.previousOffsetMs = this.offsetMs;
    this.unverified = true;
    this.set(offsetMs);
    return true;
  }

  private set(offsetMs: number): void {
    this.offsetMs = offsetMs;
    this.emit({ type: "clock", account: this.account, offsetMs });
  }

  /** Reverts a correction where the next successful response has the time from before: the time of a refusal may come from another machine. */
  private verify(offsetMs: number): void {
    if (!this.unverified) return;
    this.unverified = false;
    if (Math.abs(offsetMs - this.offsetMs) <= APART_MS || Math.abs(offsetMs - this.previousOffsetMs) > APART_MS) return;
    if (Math.abs(this.offsetMs - this.previousOffsetMs) > JUMP_MS) this.jumps += 1;
    this.set(this.previousOffsetMs);
  }

  /** Reverts a correction that the vendor refused: the time came from another machine. */
  takeBack(): void {
    this.offsetMs = this.previousOffsetMs;
  }

  /** Warns once of a clock that is far from the vendor's. Not every vendor refuses it, but windows end at this machine's time, and settle by it. */
  compare(response: HttpResponse, operation: string): void {
    const theirs = timeOf(response);
    if (theirs === null) return;
    const offsetMs = theirs - this.clock.now();
    this.offsetsMs.push(offsetMs);
    if (this.offsetsMs.length > COMPARED) this.offsetsMs.shift();
    this.verify(offsetMs);
    const ours = this.now();
    if (this.hasWarned || Math.abs(theirs - ours) <= APART_MS) return;
    this.hasWarned = true;
    const [local, vendor] = [new Date(ours).toISOString(), new Date(theirs).toISOString()];
    warnOf(this.account, this.emit)(
      operation,
      `this machine's clock shows ${local}, the vendor's shows ${vendor}. Correct the clock: windows end at this machine's time.`,
    );
  }
}

/** Returns the time of a response's `Date` header, or null where it is missing or implausible: some proxies write it incorrectly. */
function timeOf(response: HttpResponse): number | null {
  const time = Date.parse(response.headers.date ?? "");
  return time >= Date.UTC(2000, 0) && time < Date.UTC(2100, 0) ? time : null;
}
