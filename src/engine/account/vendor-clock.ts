import type { HttpAnswer } from "../../contract/http.js";
import type { Occurrence } from "../../model/events.js";
import type { Clock } from "./clock.js";

/** Clocks that differ by less are as good as equal. */
const APART_MS = 300_000;
/** A clock that is corrected by less has not been wrong for what was planned by it. */
const JUMP_MS = 60_000;

/** An account's clock: this machine's, until the vendor finds it wrong, and from then on the vendor's. */
export class VendorClock {
  private offset = 0;
  private offsetBefore = 0;
  /** How far, by its answers, the vendor's clock is behind ours, where that is far. */
  private aheadBy = 0;
  private questioned = false;
  /** How often it has been put to another time of day: what was planned before was planned from a wrong now. */
  jumps = 0;

  constructor(
    private readonly clock: Clock,
    private readonly account: string,
    private readonly emit: (event: Occurrence) => void,
  ) {}

  /** The vendor's now, in epoch milliseconds, as far as it is known. */
  now(): number {
    return this.clock.now() + this.offset;
  }

  /** The earlier of our now and the vendor's: what is older than a time before it is older by both. */
  soonestNow(): number {
    return this.now() - this.aheadBy;
  }

  /** The vendor's now by its answer, or ours where that does not tell it: by which it means a date. */
  nowOf(answer: HttpAnswer): number {
    return timeOf(answer) ?? this.now();
  }

  /** Takes over the vendor's clock from its answer. False where that does not tell it. */
  correct(answer: HttpAnswer): boolean {
    const theirs = timeOf(answer);
    if (theirs === null) return false;
    const offset = theirs - this.clock.now();
    if (Math.abs(offset - this.offset) > JUMP_MS) this.jumps += 1;
    this.offsetBefore = this.offset;
    this.offset = offset;
    this.emit({ type: "clock", account: this.account, offsetMilliseconds: offset });
    return true;
  }

  /** The vendor does not accept the clock that its own answer told: it was another machine's. */
  takeBack(): void {
    this.offset = this.offsetBefore;
  }

  /** Tells, once, of a clock that is far from the vendor's. Not every vendor minds, but windows reach up to our now and settle by it. */
  compare(answer: HttpAnswer, operation: string): void {
    const theirs = timeOf(answer);
    const ours = this.now();
    if (theirs === null) return;
    this.aheadBy = ours - theirs > APART_MS ? ours - theirs : 0;
    if (this.questioned || Math.abs(theirs - ours) <= APART_MS) return;
    this.questioned = true;
    const [our, their] = [new Date(ours).toISOString(), new Date(theirs).toISOString()];
    const message = `${this.account}: this machine's clock says ${our}, the vendor's says ${their}. Set the clock right: what is read reaches up to this machine's now.`;
    this.emit({ type: "warning", account: this.account, operation, message, key: null, field: null });
  }
}

/** The time of an answer's `Date`, or null where that tells no time of ours: not every machine on the way writes it well. */
function timeOf(answer: HttpAnswer): number | null {
  const time = Date.parse(answer.headers.date ?? "");
  return time >= Date.UTC(2000, 0) && time < Date.UTC(2100, 0) ? time : null;
}
