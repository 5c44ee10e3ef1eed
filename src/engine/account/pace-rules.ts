/** The rules of every rate limiter: how long a request uses the quota of a vendor, and how the rate recovers from a refusal. */

export const SECOND_MS = 1000;
/** Added to every second, for the resolution of clocks, and for the short time until a received response is read. */
export const MARGIN_MS = 20;
/**
 * Added to the second and to the delay of each request before the account has received a few responses. A process is slow to send its first requests and to
 * read their responses, and the shortest round trip is measured with them.
 */
export const COLD_MARGIN_MS = 50;
const COLD_RESPONSES = 20;
/** Added to a delay that exceeds the margin. */
export const COARSENESS_MS = 5;
/**
 * The maximum delay that is attributed to a request's way to the vendor. A vendor counts requests as they arrive, so a delayed request moves closer to those
 * behind it. A slow response may also come from a slow vendor, and must not hold up the others for long.
 */
export const MAX_DELAY_MS = 500;
/** Number of recent round trips. The shortest counts as the one without delay. */
const ROUND_TRIPS = 50;
/** Each refusal halves the rate, down to this share of the declared one. Each second without a refusal restores a tenth of the declared rate. */
export const SLOWEST_SHARE = 1 / 16;
export const RECOVERY_PER_SECOND = 0.1;

/** The recent round trips of one process to the vendor of an account. */
export class RoundTrips {
  private readonly durationsMs: number[] = [];

  add(durationMs: number): void {
    this.durationsMs.push(durationMs);
    if (this.durationsMs.length > ROUND_TRIPS) this.durationsMs.shift();
  }

  /** Returns the shortest one; infinity before the first. */
  shortestMs(): number {
    return Math.min(...this.durationsMs);
  }

  /** Whether the process has received so few responses that the shortest round trip is not known yet. */
  get isCold(): boolean {
    return this.durationsMs.length < COLD_RESPONSES;
  }
}

/** A request that was sent: the time since, or until its response, and the shortest round trip of its process. */
export interface SentRequest {
  roundTripMs: number;
  shortestMs: number;
  isCold: boolean;
}

/** Returns what is added to the second in which a request that was sent uses the quota. That second begins with the arrival, which is as late as the response was. */
export function addedMs({ roundTripMs, shortestMs, isCold }: SentRequest): number {
  const delayMs = Number.isFinite(shortestMs) ? Math.min(MAX_DELAY_MS, Math.max(0, roundTripMs - shortestMs)) : 0;
  return isCold ? delayMs + COLD_MARGIN_MS : Math.max(MARGIN_MS, delayMs + COARSENESS_MS);
}
