/** Reads a range of one account, with the rate limiter of the processes with the same prefix, and prints the ids of its calls. */
import { text } from "node:stream/consumers";
import { Redis } from "ioredis";
import { CallRecordsClient, tencentCcc, type TencentCccOptions } from "call-records";
import { redisRateLimiter } from "call-records/redis";

export interface ReaderTask {
  prefix: string;
  account: TencentCccOptions;
  range: { from: string; to: string };
}

const { prefix, account, range } = JSON.parse(await text(process.stdin)) as ReaderTask;
const redis = new Redis();
const client = new CallRecordsClient({
  providers: [tencentCcc(account)],
  rateLimiter: redisRateLimiter(redis, { prefix }),
});
const ids: string[] = [];
for await (const call of client.records(range)) ids.push(call.id);
await client.close();
await redis.quit();
console.log(JSON.stringify(ids));
