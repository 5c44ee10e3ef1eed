import type { UntimedEvent } from "../../model/events.js";
import type { Transport } from "../http/transport.js";
import type { EngineClock } from "./clock.js";
import type { RateLimiter } from "./rate-limiter.js";
import type { Tokens } from "./tokens.js";

/** The services that all accounts of a client share. */
export interface Services {
  transport: Transport;
  clock: EngineClock;
  rateLimiter: RateLimiter;
  tokens: Tokens;
  /** Time limit for one attempt. */
  timeoutMs: number;
  /** Maximum number of attempts, the first included. */
  attempts: number;
  /** Returns a number from 0 up to 1, for jitter. */
  random: () => number;
  emit: (event: UntimedEvent) => void;
}
