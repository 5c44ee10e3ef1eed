import { Redis, type RedisOptions } from "ioredis";
import { z } from "zod";

/** The queue of the syncs. `scheduleSyncs` and `startSyncWorker` must have the same one. */
export interface QueueOptions {
  /**
   * A connection of ioredis to one server of Redis 6.2 or later, or its options. Further connections with the same options are opened, and closed when they are
   * not needed. Yours stays open. The option `keyPrefix` of ioredis is not supported: use `prefix`.
   */
  connection: Redis | RedisOptions;
  /** The name of the queue. Default `call-records`. Use it for nothing else. */
  queueName?: string | undefined;
  /** The prefix of BullMQ's keys. Default `bull`, which dashboards expect. */
  prefix?: string | undefined;
}

const CONNECTION = "must be a `Redis` of the package ioredis 5.3 or later, or the options of one";

/** Fields of an options schema: the queue. */
export const queueShape = {
  connection: z
    .custom<Redis | RedisOptions>((value) => typeof value === "object" && value !== null, CONNECTION)
    .superRefine((connection, context) => {
      const issue = (message: string) => {
        context.addIssue({ code: "custom", message });
      };
      if ("isCluster" in connection && connection.isCluster)
        issue("must be a `Redis` of ioredis. A `Cluster` is not supported, because all keys must be on one server");
      else if (isConnected(connection) ? !isClient(connection) : Array.isArray(connection)) issue(CONNECTION);
      else if (hasKeyPrefix(isConnected(connection) ? connection.options : connection))
        issue("must have no `keyPrefix`, which BullMQ does not support. Use the option `prefix`");
    }),
  queueName: z
    .string("must be a text")
    .min(1, "must not be empty")
    .regex(/^[^:]*$/, "must not contain a colon")
    .default("call-records"),
  prefix: z.string("must be a text").min(1, "must not be empty").default("bull"),
};

/**
 * Opens a connection with the same options.
 * @param maxRetriesPerRequest how often a command is repeated after a lost connection; null: until it succeeds.
 */
export function openConnection(connection: Redis | RedisOptions, maxRetriesPerRequest: number | null): Redis {
  const own = { maxRetriesPerRequest, enableOfflineQueue: true, lazyConnect: false };
  if (isConnected(connection)) return connection.duplicate(own);
  return new Redis({ ...connection, ...own, replyMapping: "legacy" });
}

/** Whether a value is a client, rather than the options of one. */
function isConnected(connection: Redis | RedisOptions): connection is Redis {
  return "duplicate" in connection;
}

function isClient(connection: Redis): boolean {
  // A caller in plain JavaScript may pass a client of another package.
  return typeof connection.duplicate === "function" && "evalsha" in connection && "options" in connection;
}

function hasKeyPrefix({ keyPrefix }: RedisOptions): boolean {
  return keyPrefix !== undefined && keyPrefix !== "";
}
