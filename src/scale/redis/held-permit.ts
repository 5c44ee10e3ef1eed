import { addedMs, type RoundTrips } from "../../engine/account/pace-rules.js";
import type { RatePermit } from "../../index.js";
import type { PermitRow } from "./limiter-server.js";
import type { Timing } from "./timing.js";

/** A permit that was handed out, and what is known of its request. */
export class HeldPermit implements RatePermit {
  private readonly grantedAt: number;
  private readonly isCold: boolean;
  private sentAt: number | null = null;
  private addedMs: number | null = null;
  /** Whether Redis was informed that the request was sent. */
  isReported = false;

  constructor(
    private readonly id: number,
    private readonly timing: Timing,
    private readonly roundTrips: RoundTrips,
    private readonly onRelease: () => void,
  ) {
    this.grantedAt = timing.monotonicMs();
    this.isCold = roundTrips.isCold;
  }

  sent(): void {
    this.sentAt = this.timing.monotonicMs();
  }

  responded({ sentAgoMs }: { sentAgoMs: number }): void {
    this.sentAt = Math.max(this.grantedAt, this.timing.monotonicMs() - sentAgoMs);
    this.roundTrips.add(this.timing.monotonicMs() - this.sentAt);
    this.addedMs = this.added();
  }

  release(): void {
    // Without a report, the request may have been sent at once, and have arrived late.
    this.sentAt ??= this.grantedAt;
    this.addedMs ??= this.added();
    this.onRelease();
  }

  /** Returns the milliseconds since the request was sent; 0 before. */
  get sentAgoMs(): number {
    return this.sentAt === null ? 0 : this.timing.monotonicMs() - this.sentAt;
  }

  /** Returns what Redis has to know of the request. */
  report(): PermitRow {
    this.isReported = this.sentAt !== null;
    return [this.id, this.sentAt === null ? -1 : this.sentAgoMs, this.addedMs ?? -1];
  }

  private added(): number {
    const roundTripMs = this.timing.monotonicMs() - (this.sentAt ?? this.grantedAt);
    return addedMs({ roundTripMs, shortestMs: this.roundTrips.shortestMs(), isCold: this.isCold });
  }
}
