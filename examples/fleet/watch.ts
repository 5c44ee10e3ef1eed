/** Prints the state of each account of the fleet once: `npx tsx examples/fleet/watch.ts`. It changes nothing. */
import { Redis } from "ioredis";
import { Queue } from "bullmq";
import { readFleet, type SyncQueue } from "./fleet-status.js";
import { QUEUE_NAME, REDIS_URL } from "./queue.js";

const connection = new Redis(REDIS_URL);
const queue: SyncQueue = new Queue(QUEUE_NAME, { connection });
console.table(await readFleet(queue));
await queue.close();
connection.disconnect();
