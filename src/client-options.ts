import { z } from "zod";
import type { Auth } from "./contract/auth.js";
import { isCountry } from "./contract/phone-number.js";
import { isTimeZone } from "./contract/zone.js";
import { declaredValuesSchema } from "./contract/provided-values.js";
import { CONTRACT_VERSION, type Provider } from "./contract/provider.js";
import type { Clock } from "./engine/account/clock.js";
import { MAX_IN_FLIGHT_BYTES } from "./engine/http/http-transport.js";
import { rejectOptionsOfAgent, type NetworkOptions, networkShape } from "./engine/http/network-options.js";
import type { RateLimiter } from "./engine/account/rate-limiter.js";
import type { TokenStore } from "./engine/account/tokens.js";
import type { Transport } from "./engine/http/transport.js";
import type { EventListener } from "./model/events.js";
import { type DefaultArguments, defaultArgumentsSchema } from "./operations/arguments.js";

/** The retries of a request after a temporary failure, such as a lost connection. */
export interface RetryOptions {
  /**
   * Maximum number of attempts for a request, including the first. Default 5. The wait before a retry is random: up to half a second after the first attempt. This
   * maximum doubles after each further attempt, up to 30 s. A `Retry-After` header can make the wait longer, up to 60 s.
   */
  attempts?: number | undefined;
}

/** Options of a `CallRecordsClient`. */
export interface ClientOptions<Providers extends Provider = Provider> extends NetworkOptions {
  /** One provider for each account. Their labels must differ. The list may be empty: `client.addProvider` adds accounts later. */
  providers: readonly Providers[];
  /** Time limit for one attempt in milliseconds, from sending to the last byte of the response. Default 30,000. */
  timeoutMs?: number | undefined;
  /** The retries of a request after a temporary failure. */
  retry?: RetryOptions | undefined;
  /** Maximum size of a response, in bytes after decompression. Default 33,554,432 (32 MB). */
  maxResponseBytes?: number | undefined;
  /**
   * Maximum total size of the responses that the client receives or parses at the same time, in bytes after decompression. Default 67,108,864 (64 MB).
   *
   * A response of more than 1 MB counts with its size as parsed JSON, which may be thirty times as large. Responses beyond the limit wait and do not fail. The
   * wait does not count towards `timeoutMs`. If no other response is in progress, a response of any size is received.
   */
  maxInFlightBytes?: number | undefined;
  /** Maximum size of a recording that `openRecording` downloads, in bytes. Default 1,073,741,824 (1 GB). It is not held in memory. */
  maxRecordingBytes?: number | undefined;
  /** Default arguments for every call, such as `{ isolateFailures: true, unreadableRows: "report" }`. An argument of a single call overrides them. */
  defaults?: DefaultArguments | undefined;
  /** Is called with every event: requests, retries, throttling, tokens, clock corrections, windows, duplicates and warnings. */
  onEvent?: EventListener | undefined;
  /** The client's clock. Default: the machine's clock. */
  clock?: Clock | undefined;
  /** Limits the request rate and the concurrency of each account. Default: a limiter for this process only. Replace it if several processes share an account. */
  rateLimiter?: RateLimiter | undefined;
  /** Stores the tokens of the accounts. Default: a store in the memory of this process. Replace it if several processes share an account. */
  tokenStore?: TokenStore | undefined;
  /** Sends requests instead of the library's HTTP client, for tests and simulations. It receives credentials. */
  transport?: Transport | undefined;
  /** Returns a random number in `[0, 1)`, for the waits before retries. Default `Math.random`. A seeded function makes a simulation repeatable. */
  random?: (() => number) | undefined;
}

/** The declarations of a provider that the engine relies on. Those of a user's adapter may be wrong. */
const providerSchema = z.looseObject({
  contract: z.literal(
    CONTRACT_VERSION,
    `must be ${CONTRACT_VERSION}, the version of the contract that this library supports`,
  ),
  id: z.string().min(1, "must not be empty"),
  account: z.string().min(1, "must not be empty"),
  timeZone: z.string().refine(isTimeZone, "must be an IANA time zone that this runtime supports"),
  defaultCountry: z
    .string()
    .refine(isCountry, "must be an ISO 3166 code of a country (two capital letters), such as CN")
    .nullish(),
  rate: z.looseObject({ requestsPerSecond: z.number().positive(), concurrency: z.int().positive() }),
  longestCallSeconds: z.number().nonnegative(),
  settleSeconds: z.number().nonnegative(),
  provides: declaredValuesSchema.optional(),
  auth: z.looseObject({ authorize: z.custom<Auth["authorize"]>(isFunction, "must be a function") }).nullable(),
  operations: z.looseObject({ records: z.looseObject({ name: z.string() }) }),
  classify: z.custom<Provider["classify"]>(isFunction, "must be a function"),
  secrets: z.custom<Provider["secrets"]>(isFunction, "must be a function"),
});

/** Checks a provider and returns it unchanged. A schema that parses it would return a copy without its non-enumerable properties. */
const provider = z.custom<Provider>().superRefine((value, context) => {
  const read = providerSchema.safeParse(value);
  for (const { path, message } of read.error?.issues ?? []) context.addIssue({ code: "custom", path, message });
});

/** The schema of an added provider. */
export const addedProviderSchema = z.strictObject({ provider });

/** The schema of a client's options. */
export const optionsSchema = z
  .strictObject({
    providers: z.array(provider),
    timeoutMs: z
      .number()
      .positive()
      .max(2 ** 31 - 1)
      .default(30_000),
    retry: z.strictObject({ attempts: z.int().positive().default(5) }).prefault({}),
    maxResponseBytes: z.int().positive().default(33_554_432),
    maxInFlightBytes: z.int().positive().default(MAX_IN_FLIGHT_BYTES),
    maxRecordingBytes: z.int().positive().default(1_073_741_824),
    defaults: defaultArgumentsSchema.default({}),
    onEvent: z.custom<EventListener>(isFunction, "must be a function").optional(),
    clock: withMethods<Clock>("now", "sleep"),
    rateLimiter: withMethods<RateLimiter>("take", "slowDown"),
    tokenStore: withMethods<TokenStore>("get", "set"),
    transport: withMethods<Transport>("send"),
    random: z.custom<() => number>(isFunction, "must be a function").optional(),
    ...networkShape,
  })
  .superRefine(rejectOptionsOfAgent);

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function withMethods<Service extends object>(...names: (keyof Service & string)[]) {
  const has = (value: object, name: string) => isFunction((value as Record<string, unknown>)[name]);
  return z
    .custom<Service>(
      (value) => typeof value === "object" && value !== null && names.every((name) => has(value, name)),
      `must have the methods ${names.join(" and ")}`,
    )
    .optional();
}
