import type { Random } from "../data/random.js";

/** The access tokens that the service has issued. */
export class AccessTokens {
  readonly #lives = new Map<string, { from: number; to: number }>();
  readonly #delayMs: number;
  readonly #now: () => number;
  readonly #random: Random;

  /** @param delayMs milliseconds until a new token is accepted. */
  constructor(now: () => number, random: Random, delayMs: number) {
    this.#delayMs = delayMs;
    this.#now = now;
    this.#random = random;
  }

  /** Returns a new token. Earlier tokens remain valid. */
  issue(seconds: number): string {
    const token = this.#random.hex(48);
    const now = this.#now();
    this.#lives.set(token, { from: now + this.#delayMs, to: now + seconds * 1000 });
    return token;
  }

  isValid(token: string): boolean {
    const life = this.#lives.get(token);
    const now = this.#now();
    return life !== undefined && now >= life.from && now < life.to;
  }

  revokeAll(): void {
    this.#lives.clear();
  }
}
