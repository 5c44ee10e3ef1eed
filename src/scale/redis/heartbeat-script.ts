import { ACCOUNT_EXPIRY_MS, BEAT_MS, COMPLETE_SINCE, DEAD_AFTER_MS } from "./limiter-state.js";

/** Heartbeats of dead processes are removed after this time. */
const FORGET_AFTER_MS = 60_000;

/**
 * Records the heartbeat of a process, and notifies all processes of those that died.
 *
 * KEYS: the heartbeats of the processes, a sorted set of times; the time since which the state is complete.
 * ARGV: the process; the channel of deaths; "1" after a restart of Redis, else "0".
 *
 * Returns the time since which the state is complete, and the number of processes that died recently. Each death is reported in one or two heartbeats of each
 * other process.
 */
export const HEARTBEAT_SCRIPT = `
local beatsKey, completeKey = KEYS[1], KEYS[2]
local me, deathsChannel, restarted = ARGV[1], ARGV[2], ARGV[3] == '1'
${COMPLETE_SINCE}
redis.call('ZADD', beatsKey, now, me)
redis.call('PEXPIRE', beatsKey, ${ACCOUNT_EXPIRY_MS})
redis.call('ZREMRANGEBYSCORE', beatsKey, '-inf', now - ${FORGET_AFTER_MS})
local dead = redis.call('ZCOUNT', beatsKey, now - ${DEAD_AFTER_MS} - ${BEAT_MS * 1.5}, now - ${DEAD_AFTER_MS})
if dead > 0 then redis.call('PUBLISH', deathsChannel, dead) end
return { complete, dead }
`;
