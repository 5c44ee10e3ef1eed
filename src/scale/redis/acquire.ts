import { Script } from "./redis-client.js";

/**
 * Acquires a key with an expiry, such as a lease or a lock. KEYS: the key. ARGV: its owner, which is unique for each acquisition; the duration in
 * milliseconds. Returns 1, or 0 while another owner holds the key.
 */
export const acquire = new Script(`
if redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX') then return 1 end
-- A lost connection may have repeated this command.
if redis.call('GET', KEYS[1]) == ARGV[1] then return 1 end
return 0
`);
