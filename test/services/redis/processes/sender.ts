/** Sends three requests for each of many accounts with the permits of a server, and prints their number. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { redisRateLimiter } from "call-records/redis";

const [port = "6379", accounts = "1"] = process.argv.slice(2);
const redis = new Redis({ port: Number(port) });
const limiter = redisRateLimiter(redis);
const rate = { requestsPerSecond: 5, concurrency: 4 };
const { signal } = new AbortController();

async function send(account: string): Promise<number> {
  let requests = 0;
  for (; requests < 3; requests += 1) {
    const permit = await limiter.take(account, rate, signal);
    permit.sent?.();
    await sleep(150);
    permit.responded({ sentAgoMs: 150 });
    permit.release();
  }
  return requests;
}

const sent = await Promise.all(Array.from({ length: Number(accounts) }, (_, index) => send(`account-${index}`)));
await redis.quit();
console.log(sent.reduce((sum, requests) => sum + requests, 0));
