/** Locks an account of a checkpoint store, and prints a line. Then it saves once for each line that it reads, and prints the result. */
import { createInterface } from "node:readline";
import { Redis } from "ioredis";
import { redisCheckpointStore } from "call-records/redis";

const [prefix = "", account = "", leaseSeconds = ""] = process.argv.slice(2);
const store = redisCheckpointStore(new Redis(), { prefix, leaseSeconds: Number(leaseSeconds) });
await store.lock(account);
console.log("locked");
for await (const line of createInterface({ input: process.stdin })) {
  try {
    await store.save(account, { head: line });
    console.log("saved");
  } catch (error) {
    console.log(String(error));
  }
}
