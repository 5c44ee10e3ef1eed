/**
 * The lease of an account is a key with an expiry, whose value is the fencing token of its writer: a random text, because a number would begin again after Redis
 * has lost its state. Expiries are by the clock of Redis.
 */

/**
 * Saves the changed parts of a checkpoint, and extends the lease. A writer whose lease has ended saves nothing, even if no other writer has acquired it.
 *
 * KEYS: the lease; the parts, a hash. ARGV: the token; the duration in milliseconds; for each part its name and its text, which is empty if the part is
 * removed. Returns 1, or 0 if the lease has ended.
 */
export const SAVE_SCRIPT = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
for index = 3, #ARGV, 2 do
  if ARGV[index + 1] == '' then redis.call('HDEL', KEYS[2], ARGV[index])
  else redis.call('HSET', KEYS[2], ARGV[index], ARGV[index + 1]) end
end
return 1
`;

/** Ends a lease. KEYS: the lease. ARGV: the token. */
export const RELEASE_SCRIPT = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;
