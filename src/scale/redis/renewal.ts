import { clearInterval, setInterval } from "node:timers";
import type { Redis } from "ioredis";
import { Script } from "./redis-client.js";

/** Extends a key that its owner holds. KEYS: the key. ARGV: its owner; the duration in milliseconds. */
const extend = new Script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

/**
 * Extends a key that its owner holds, such as a lease, at a fixed interval. If one renewal fails, the next may succeed. A key that the owner has lost is left alone.
 * @returns the function that ends the renewals.
 */
export function renewRegularly(
  redis: Redis,
  key: string,
  owner: string,
  { durationMs, everyMs }: { durationMs: number; everyMs: number },
): () => void {
  const timer = setInterval(() => {
    void extend.run(redis, [key], () => [owner, String(durationMs)]).catch(() => undefined);
  }, everyMs);
  // A lease does not keep a process running.
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
