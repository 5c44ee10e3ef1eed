import type { HttpResponse } from "../../contract/http.js";
import type { UntimedEvent } from "../../model/events.js";
import type { Clock } from "./clock.js";

/** Clocks that differ by less are considered equal. */
const APART_MS = 300_000;
/** A smaller correction does not invalidate what was planned before it. */
const JUMP_MS = 60_000;

/** The number of recent successful responses whose times are compared, and how many must agree. One may come from a machine whose clock is wrong. */
const COMPARED = 5;
const AGREEING = 3;

/** An account's clock: this machine's, until the vendor refuses its time, and from then on the vendor's. */
export class VendorClock {
  private offset = 0;
  private offsetBefore = 0;
  /** The milliseconds by which the vendor's clock is ahead of this machine's clock, in its last successful responses. */
  private readonly offsets: number[] = [];
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
    return this.clock.now() + this.offset;
  }

  /**
   * Returns the earlier of this machine's time and the vendor's, so that an age counted from it is reached by both. A single deviating time has no effect,
   * and a vendor's clock that is ahead counts only after a correction that successful responses confirm.
   */
  soonestNow(): number {
    const agreed = this.agreed();
    const behind = agreed ?? Math.min(0, ...this.offsets);
    const least = Math.min(this.offset, behind < -APART_MS ? behind : 0);
    return (
      this.clock.now() + (this.offset > 0 && agreed !== null && agreed > 0 ? Math.min(this.offset, agreed) : least)
    );
  }

  /** Returns the vendor's time by its last successful responses, also without a correction; this machine's time where no response had one. */
  vendorNow(): number {
    return this.clock.now() + (this.offsets.length > 0 ? Math.max(...this.offsets) : this.offset);
  }

  /** Returns this machine's time, without any correction. */
  ownNow(): number {
    return this.clock.now();
  }

  /** Returns `soonestNow()` where a response had a time; else null. */
  witnessedNow(): number | null {
    return this.offsets.length > 0 ? this.soonestNow() : null;
  }

  /** Returns the smallest of the offsets that agree; null where too few do. */
  private agreed(): number | null {
    const sorted = [...this.offsets].sort((a, b) => a - b);
    return (
      sorted.find((offset, index) => (sorted[index + AGREEING - 1] ?? Number.POSITIVE_INFINITY) - offset <= APART_MS) ??
      null
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
    const offset = theirs - this.clock.now();
    if (Math.abs(offset - this.offset) > JUMP_MS) this.jumps += 1;
    this.offsetBefore = this.offset;
    this.unverified = true;
    this.set(offset);
    return true;
  }

  private set(offset: number): void {
    this.offset = offset;
    this.emit({ type: "clock", account: this.account, offsetMs: offset });
  }

  /** Reverts a correction where the next successful response has the time from before: the time of a refusal may come from another machine. */
  private verify(offset: number): void {
    if (!this.unverified) return;
    this.unverified = false;
    if (Math.abs(offset - this.offset) <= APART_MS || Math.abs(offset - this.offsetBefore) > APART_MS) return;
    if (Math.abs(this.offset - this.offsetBefore) > JUMP_MS) this.jumps += 1;
    this.set(this.offsetBefore);
  }

  /** Reverts a correction that the vendor refused: the time came from another machine. */
  takeBack(): void {
    this.offset = this.offsetBefore;
  }

  /** Warns once of a clock that is far from the vendor's. Not every vendor refuses it, but windows end at this machine's time, and settle by it. */
  compare(response: HttpResponse, operation: string): void {
    const theirs = timeOf(response);
    if (theirs === null) return;
    const offset = theirs - this.clock.now();
    this.offsets.push(offset);
    if (this.offsets.length > COMPARED) this.offsets.shift();
    this.verify(offset);
    const ours = this.now();
    if (this.hasWarned || Math.abs(theirs - ours) <= APART_MS) return;
    this.hasWarned = true;
    const [local, vendor] = [new Date(ours).toISOString(), new Date(theirs).toISOString()];
    const message = `${this.account}: this machine's clock shows ${local}, the vendor's shows ${vendor}. Correct the clock: windows end at this machine's time.`;
    this.emit({ type: "warning", account: this.account, operation, message, key: null, field: null });
  }
}

/** Returns the time of a response's `Date` header, or null where it is missing or implausible: some proxies write it incorrectly. */
function timeOf(response: HttpResponse): number | null {
  const time = Date.parse(response.headers.date ?? "");
  return time >= Date.UTC(2000, 0) && time < Date.UTC(2100, 0) ? time : null;
}
