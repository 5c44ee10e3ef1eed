import { randomUUID } from "node:crypto";
import { clearTimeout, setTimeout } from "node:timers";
import type { Redis } from "ioredis";
import { acquire } from "./acquire.js";
import { Script } from "./redis-client.js";
import { renewRegularly } from "./renewal.js";
import { withinTime } from "./within-time.js";

/** A lock is free this long after its process was killed. */
const LOCK_MS = 5000;
const RENEWAL_MS = LOCK_MS / 4;
/** A process that waits tries again after this time, because a notification may be lost. */
const RETRY_MS = 1000;

/** Ends a lock, and notifies those that wait. KEYS: the lock. ARGV: its owner; the channel; the message. */
const release = new Script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return 0
`);

/** Locks of tokens, each with an owner and an expiry. */
export class TokenLocks {
  /** The functions that wake those that wait in this process, by the token. */
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(
    private readonly redis: Redis,
    private readonly who: string,
    private readonly channel: string,
  ) {}

  /**
   * Resolves when this process holds the lock, with the function that releases it. The lock is renewed until then.
   * @param token the token as it is in keys and messages.
   * @throws the signal's reason once it is aborted; NetworkError when Redis does not respond.
   */
  async lock(key: string, token: string, signal: AbortSignal): Promise<() => Promise<void>> {
    const owner = randomUUID();
    for (;;) {
      if (signal.aborted) throw signal.reason;
      // It must listen before it tries, so that it does not miss the release.
      const released = this.released(token, signal);
      const isAcquired = await withinTime(this.who, () =>
        acquire.run(this.redis, [key], () => [owner, String(LOCK_MS)]),
      );
      if (isAcquired === 1) {
        released.cancel();
        return this.hold(key, token, owner);
      }
      await released.promise;
    }
  }

  /** Wakes those that wait for a lock. */
  notify(token: string): void {
    for (const wake of this.waiting.get(token) ?? []) wake();
  }

  private hold(key: string, token: string, owner: string): () => Promise<void> {
    // If the lock is lost, two processes fetch a token, and the later one is used.
    const endRenewals = renewRegularly(this.redis, key, owner, { durationMs: LOCK_MS, everyMs: RENEWAL_MS });
    return async () => {
      endRenewals();
      // A lock that cannot be released expires.
      await withinTime(this.who, () => release.run(this.redis, [key], () => [owner, this.channel, token])).catch(
        () => undefined,
      );
    };
  }

  /** Resolves when the lock may be free, or the signal is aborted. */
  private released(token: string, signal: AbortSignal): { promise: Promise<void>; cancel: () => void } {
    let cancel = (): void => undefined;
    const promise = new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        cancel();
      }, RETRY_MS);
      const waiting = this.waiting.get(token) ?? new Set();
      this.waiting.set(token, waiting);
      cancel = () => {
        clearTimeout(timer);
        waiting.delete(cancel);
        if (waiting.size === 0) this.waiting.delete(token);
        signal.removeEventListener("abort", cancel);
        resolve();
      };
      waiting.add(cancel);
      signal.addEventListener("abort", cancel, { once: true });
    });
    return { promise, cancel };
  }
}
