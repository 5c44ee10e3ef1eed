import type { HttpResponse } from "../../contract/http.js";
import type { UntimedEvent } from "../../model/events.js";
import type { Clock } from "./clock.js";

/** Clocks that differ by less are as good as equal. */
const APART_MS = 300_000;
/** A clock that is corrected by less has not been wrong for what was planned by it. */
const JUMP_MS = 60_000;

/** Good answers whose times are compared, and how many of them must agree: one may come through a machine whose clock is wrong. */
const COMPARED = 5;
const AGREEING = 3;

/** An account's clock: this machine's, until the vendor finds it wrong, and from then on the vendor's. */
export class VendorClock {
  private offset = 0;
  private offsetBefore = 0;
  /** By how much the vendor's clock is ahead of this machine's, by its last good answers. */
  private readonly offsets: number[] = [];
  /** Whether a good answer has yet to show that the correction was right. */
  private unverified = false;
  private questioned = false;
  /** How often it has been put to another time of day: what was planned before was planned from a wrong now. */
  jumps = 0;

  constructor(
    private readonly clock: Clock,
    private readonly account: string,
    private readonly emit: (event: UntimedEvent) => void,
  ) {}

  /** The vendor's now, in epoch milliseconds, as far as it is known. */
  now(): number {
    return this.clock.now() + this.offset;
  }

  /**
   * The earlier of our now and the vendor's: what is older than a time before it is older by both. One time that is far from the others does not move it,
   * and a vendor's clock that is ahead counts only where it is corrected by and good answers agree with it.
   */
  soonestNow(): number {
    const agreed = this.agreed();
    const behind = agreed ?? Math.min(0, ...this.offsets);
    const least = Math.min(this.offset, behind < -APART_MS ? behind : 0);
    return (
      this.clock.now() + (this.offset > 0 && agreed !== null && agreed > 0 ? Math.min(this.offset, agreed) : least)
    );
  }

  /** The vendor's now by its last good answers, also where it is not corrected by; ours where none told a time. */
  vendorNow(): number {
    return this.clock.now() + (this.offsets.length > 0 ? Math.max(...this.offsets) : this.offset);
  }

  /** This machine's now, also where it is corrected by the vendor's. */
  ownNow(): number {
    return this.clock.now();
  }

  /** The earlier of our now and the vendor's, where the vendor has told a time; null where it has not. */
  witnessedNow(): number | null {
    return this.offsets.length > 0 ? this.soonestNow() : null;
  }

  /** The least of the offsets that agree; null where too few do. */
  private agreed(): number | null {
    const sorted = [...this.offsets].sort((a, b) => a - b);
    return (
      sorted.find((offset, index) => (sorted[index + AGREEING - 1] ?? Number.POSITIVE_INFINITY) - offset <= APART_MS) ??
      null
    );
  }

  /** The vendor's now by its answer, or ours where that does not tell it: by which it means a date. */
  nowOf(response: HttpResponse): number {
    return timeOf(response) ?? this.now();
  }

  /** Takes over the vendor's clock from its answer. False where that does not tell it. */
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

  /** The time of a refusal may be another machine's: a good answer right after it that tells the time from before takes the correction back. */
  private verify(offset: number): void {
    if (!this.unverified) return;
    this.unverified = false;
    if (Math.abs(offset - this.offset) <= APART_MS || Math.abs(offset - this.offsetBefore) > APART_MS) return;
    if (Math.abs(this.offset - this.offsetBefore) > JUMP_MS) this.jumps += 1;
    this.set(this.offsetBefore);
  }

  /** The vendor does not accept the clock that its own answer told: it was another machine's. */
  takeBack(): void {
    this.offset = this.offsetBefore;
  }

  /** Tells, once, of a clock that is far from the vendor's. Not every vendor minds, but windows reach up to our now and settle by it. */
  compare(response: HttpResponse, operation: string): void {
    const theirs = timeOf(response);
    if (theirs === null) return;
    const offset = theirs - this.clock.now();
    this.offsets.push(offset);
    if (this.offsets.length > COMPARED) this.offsets.shift();
    this.verify(offset);
    const ours = this.now();
    if (this.questioned || Math.abs(theirs - ours) <= APART_MS) return;
    this.questioned = true;
    const [our, their] = [new Date(ours).toISOString(), new Date(theirs).toISOString()];
    const message = `${this.account}: this machine's clock says ${our}, the vendor's says ${their}. Correct the clock: what is read reaches up to this machine's now.`;
    this.emit({ type: "warning", account: this.account, operation, message, key: null, field: null });
  }
}

/** The time of an answer's `Date`, or null where that tells no time of ours: not every machine on the way writes it well. */
function timeOf(response: HttpResponse): number | null {
  const time = Date.parse(response.headers.date ?? "");
  return time >= Date.UTC(2000, 0) && time < Date.UTC(2100, 0) ? time : null;
}
