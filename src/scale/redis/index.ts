/**
 * Shared state of several processes in Redis. It needs the package `ioredis` (5.3 or later).
 * @module call-records/redis
 */

export { redisCheckpointStore, type RedisCheckpointStoreOptions } from "./checkpoint-store.js";
export { redisRateLimiter } from "./rate-limiter.js";
export type { RedisOptions } from "./redis-client.js";
export { redisTokenStore, type RedisTokenStoreOptions } from "./token-store.js";
