/** Locks a token, prints a line, and holds the lock until it is killed. */
import { Redis } from "ioredis";
import { redisTokenStore } from "call-records/redis";

const [prefix = "", key = ""] = process.argv.slice(2);
await redisTokenStore(new Redis(), { prefix }).lock?.(key, new AbortController().signal);
console.log("locked");
