import { z } from "zod";
import type {
  ClientOptions,
  Destination,
  EventListener,
  Provider,
  RateLimiter,
  SyncToArguments,
  TokenStore,
} from "../../index.js";
import { type QueueOptions, queueShape } from "./queue-options.js";

/** The options of the worker's client that the worker does not set itself. */
export type WorkerClientOptions = Omit<ClientOptions, "providers" | "rateLimiter" | "tokenStore" | "onEvent">;

/** The options of `startSyncWorker`. */
export interface SyncWorkerOptions extends QueueOptions, Pick<SyncToArguments, "settleSeconds" | "raw"> {
  /**
   * Returns the provider of an account, whose label must be the account. It is called for each pass, so that changed credentials take effect, and may be
   * asynchronous. If it throws an error of this library, that error decides whether the pass is repeated. After another error, the pass is repeated.
   */
  provider: (account: string) => Provider | Promise<Provider>;
  /** Stores the calls and the checkpoints, and has the lease of each account. Its `migrate` must have run. */
  destination: Destination;
  /** The number of accounts that this worker syncs at once. Default 20. One provider id has at most half of them while accounts of others may wait. */
  concurrency?: number | undefined;
  /** Is called with every event of the requests of this worker. See `onEvent` of the client. */
  onEvent?: EventListener | undefined;
  /**
   * Is called with each failure: of a pass, with the account; of the connection to Redis, with null. The jobs contain the failures of passes too. Default:
   * failures of the connection become warnings of the process.
   */
  onError?: ((error: unknown, account: string | null) => void) | undefined;
  /** The rate limiter. Default: `redisRateLimiter` on the server of the queue. */
  rateLimiter?: RateLimiter | undefined;
  /** The token store. Default: `redisTokenStore` on the server of the queue, without encryption. */
  tokenStore?: TokenStore | undefined;
  /**
   * Options of the worker's client, such as `proxy`, `timeoutMs` or `defaults`. Failures of windows are isolated unless `defaults` says otherwise. It cannot
   * contain the options that the worker has itself.
   */
  clientOptions?: WorkerClientOptions | undefined;
}

const isFunction = (value: unknown) => typeof value === "function";

export const workerOptionsSchema = z.strictObject({
  ...queueShape,
  provider: z.custom<SyncWorkerOptions["provider"]>(isFunction, "must be a function that returns a provider"),
  destination: z.custom<Destination>(
    (value) => typeof value === "object" && value !== null && "open" in value && isFunction(value.open),
    "must be a Destination: an object with the method open",
  ),
  concurrency: z
    .int("must be a whole number")
    .min(1, "must be at least 1")
    .max(1000, "must be at most 1,000")
    .default(20),
  onEvent: z.custom<EventListener>(isFunction, "must be a function").optional(),
  onError: z.custom<NonNullable<SyncWorkerOptions["onError"]>>(isFunction, "must be a function").optional(),
  rateLimiter: z.custom<RateLimiter>().optional(),
  tokenStore: z.custom<TokenStore>().optional(),
  settleSeconds: z.number("must be a number").nonnegative("must not be negative").optional(),
  raw: z.boolean("must be true or false").optional(),
  clientOptions: z
    .custom<WorkerClientOptions>((value) => typeof value === "object" && value !== null, "must be an object")
    .superRefine((value, context) => {
      for (const name of ["providers", "rateLimiter", "tokenStore", "onEvent"])
        if (name in value)
          context.addIssue({ code: "custom", path: [name], message: "must be an option of the worker, or left out" });
    })
    .optional(),
});

export type ReadWorkerOptions = z.output<typeof workerOptionsSchema>;
