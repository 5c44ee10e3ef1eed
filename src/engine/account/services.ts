import type { UntimedEvent } from "../../model/events.js";
import type { Transport } from "../http/transport.js";
import type { EngineClock } from "./clock.js";
import type { RateLimiter } from "./rate-limiter.js";
import type { Tokens } from "./tokens.js";

/** What all accounts of a client share. */
export interface Services {
  transport: Transport;
  clock: EngineClock;
  rateLimiter: RateLimiter;
  tokens: Tokens;
  /** For one attempt. */
  timeoutMs: number;
  /** The first included. */
  attempts: number;
  /** From 0 up to 1, for jitter. */
  random: () => number;
  emit: (event: UntimedEvent) => void;
}
