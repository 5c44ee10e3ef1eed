import type { Random } from "../data/random.js";

/** The access tokens that the service has given out. */
export class AccessTokens {
  readonly #expiries = new Map<string, number>();
  readonly #now: () => number;
  readonly #random: Random;

  constructor(now: () => number, random: Random) {
    this.#now = now;
    this.#random = random;
  }

  /** A new token; earlier ones stay valid. */
  issue(seconds: number): string {
    const token = this.#random.hex(48);
    this.#expiries.set(token, this.#now() + seconds * 1000);
    return token;
  }

  isValid(token: string): boolean {
    const expiry = this.#expiries.get(token);
    return expiry !== undefined && this.#now() < expiry;
  }

  revokeAll(): void {
    this.#expiries.clear();
  }
}
