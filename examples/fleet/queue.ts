/** The queue of the example, which its two programs share. */
export const QUEUE_NAME = "call-records-example";
export const REDIS_URL = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
