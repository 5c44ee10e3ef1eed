import { COLD_MARGIN_MS, SECOND_MS } from "../../engine/account/pace-rules.js";

/** The time between the heartbeats of a process that holds permits or waits for one. */
export const BEAT_MS = 300;
/** A process is considered dead this long after its last heartbeat. The others notice it with their next heartbeat, which is within two seconds. */
export const DEAD_AFTER_MS = 1100;
/** The pause of an account after Redis has lost its state: nobody knows the requests of the last second. */
export const LOST_PAUSE_MS = SECOND_MS + COLD_MARGIN_MS;
/** The expiry of the state of an account that is not used. Pauses and periods of more than a second are added to it. */
export const ACCOUNT_EXPIRY_MS = 600_000;
/** The expiry of the time since which the state of all accounts is complete. It must exceed that of an account. */
const COMPLETE_EXPIRY_MS = 7 * 86_400_000;

/** Lua that sets `now`, the milliseconds by the clock of Redis. Each script begins with it. A test replaces it by its own time. */
export const REDIS_TIME = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
`;

/**
 * Lua that sets `complete`, the time since which Redis has the whole state of all accounts. After FLUSHALL, the key is missing. After a restart, which may
 * restore an old state, the scripts are missing in Redis, and `restarted` is true. `now`, `completeKey` and `restarted` must be set before.
 */
export const COMPLETE_SINCE = `
local complete = redis.call('GET', completeKey)
-- Several processes notice a restart. Only the first of them resets the time.
if not complete or (restarted and now - tonumber(complete) > ${LOST_PAUSE_MS}) then complete = string.format('%.0f', now) end
redis.call('SET', completeKey, complete, 'PX', ${COMPLETE_EXPIRY_MS})
`;
