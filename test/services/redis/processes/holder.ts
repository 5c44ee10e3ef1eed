/** Takes all permits of an account, prints a line, and holds them until it is killed. */
import { Redis } from "ioredis";
import { redisRateLimiter } from "call-records/redis";

const [prefix = "", concurrency = "1"] = process.argv.slice(2);
const limiter = redisRateLimiter(new Redis(), { prefix });
const rate = { requestsPerSecond: 1000, concurrency: Number(concurrency) };
const { signal } = new AbortController();
await Promise.all(Array.from({ length: rate.concurrency }, () => limiter.take("account", rate, signal)));
console.log("held");
