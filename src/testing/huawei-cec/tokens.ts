import { randomBytes } from "node:crypto";

/** The access tokens that the service has given out. */
export class AccessTokens {
  readonly #expiries = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A new token; earlier ones stay valid. */
  issue(seconds: number): string {
    const token = randomBytes(24).toString("hex");
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
