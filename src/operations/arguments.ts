import { z } from "zod";
import { describeIssues } from "../contract/options.js";
import type { Provider } from "../contract/provider.js";
import { parseIso } from "../contract/zone.js";
import type { Policy } from "./invocation.js";
import { accountOf, type SyncCheckpoint } from "../engine/checkpoints/checkpoint.js";
import type { CheckpointStore } from "../engine/checkpoints/checkpoint-store.js";
import type { Span } from "../engine/lists/intervals.js";
import { OPEN_END } from "./sync/sync-state.js";
import { comparableNumber } from "./records/call-filter.js";
import { directions, type Direction } from "../model/call-record.js";
import { RequestError } from "../model/errors.js";
import { dateSchema } from "../model/instant.js";

/** What every call takes. */
export interface PolicyArguments {
  /** Aborts the call: it settles at once with an `AbortedError`, and sends nothing any more. The signal may be of any implementation. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call; waiting for the consumer does not count. Default none. */
  totalTimeoutMs?: number | undefined;
  /**
   * `false` (default): the first failure cancels everything and is thrown. `true`: a failing window becomes a gap, a failing account ends
   * alone (when its credentials fail, or three windows in a row bring no response, one of them far from the others), the others finish; the report
   * tells which.
   */
  isolateFailures?: boolean | undefined;
  /** What to do when the range begins before what a vendor keeps: throw a `RetentionError` (default), or read the rest and report a gap. */
  beforeRetention?: "throw" | "clip" | undefined;
  /** What to do about a row that cannot be understood: throw a `ResponseError` (default), or warn, count it and report a gap. */
  unreadableRows?: "throw" | "report" | undefined;
}

/** The half-open range `[from, to)` of a call. `day` and `month` make one of a calendar day or month. */
export interface RangeArguments {
  /** The earliest start of a call: a `Date`, or ISO 8601 **with** an offset or `Z`, such as `2026-11-01T00:00:00+08:00`. */
  from: Date | string;
  /** The end, exclusive: calls that start at this instant, or later, are left out. It must be later than `from`. */
  to: Date | string;
}

/** The accounts that a call is about. */
export interface AccountsArgument {
  /** Their labels, at least one; default all of the client's. */
  accounts?: readonly string[] | undefined;
}

/** The account that a call is about. */
export interface AccountArgument {
  /** Its label, as configured. */
  account: string;
}

/** Arguments of `records`, but for the vendors' own filters. */
export interface RecordsArguments extends RangeArguments, AccountsArgument, PolicyArguments {
  /** Only calls of this direction; default all. */
  direction?: Direction | undefined;
  /** Only calls from or to this number. Numbers are compared without separators and without a leading `+` or `00`. */
  number?: string | undefined;
  /** `arrival` (default): as pages come, with the least memory. `time`: ascending `startedAt` over all accounts. */
  order?: "arrival" | "time" | undefined;
  /** `false` leaves the vendor's own row out of each record. Default true. */
  raw?: boolean | undefined;
}

/** The vendors' own filters, by provider id. */
export type ProviderFilters<Providers extends Provider> = {
  [Id in Providers["id"]]?: Extract<Providers, Provider<Id>> extends Provider<string, infer Filters>
    ? Partial<Filters>
    : never;
};

/** Arguments of `records`. */
export interface RecordsQuery<Providers extends Provider = Provider> extends RecordsArguments {
  /** The vendors' own filters, by provider id. With one, coverage speaks of what passes it. */
  providerFilters?: ProviderFilters<Providers> | undefined;
}

/** Arguments of `usage`. */
export interface UsageArguments extends RangeArguments, AccountsArgument, PolicyArguments {
  /** One summary for the whole range (default), or for each day or month of the account's zone. */
  by?: "total" | "day" | "month" | undefined;
  /** `auto` (default): the vendor's own count where it has one, else counted from records. */
  source?: "auto" | "vendor" | "records" | undefined;
}

/** Arguments of `findCall`: the account, and the keys by which its vendor finds a call, such as {@link TencentCccKeys} or {@link HuaweiCecKeys}. */
export type FindCallQuery<Providers extends Provider = Provider> = PolicyArguments &
  AccountArgument &
  ApplicationArgument &
  KeysOf<Providers>;

/** Which application of an account is searched. */
export interface ApplicationArgument {
  /**
   * The only application in which the call is searched for, as the `application` of a record; default each of the account's. Where the vendor does not search its
   * history, as Huawei does not, it is refused.
   */
  application?: string | undefined;
}

/** Where no more is known of a provider than that it is one, its keys may be any. */
type KeysOf<Providers> =
  Providers extends Provider<string, object, infer Keys>
    ? [Keys] extends [never]
      ? never
      : object extends Keys
        ? Record<string, unknown>
        : Keys
    : never;

/** Arguments of `probe`. */
export type ProbeArguments = Pick<PolicyArguments, "signal" | "totalTimeoutMs" | "unreadableRows">;

/** Arguments of `sync`: the ground, and who keeps the checkpoints. */
export type SyncArguments = SyncRange & (WithStore | WithCheckpoint);

/** What a sync reads, and how. */
export interface SyncRange extends AccountsArgument, PolicyArguments {
  /** The start of the ground: a `Date`, or ISO 8601 **with** an offset or `Z`. An earlier one than before reads what is missing; a later one takes nothing back. */
  from: Date | string;
  /** The end of the ground, exclusive; default none: up to now, in each pass anew. */
  to?: Date | string | undefined;
  /**
   * Intervals to give up for good, such as the gaps `failed` of a report that the vendor can no longer answer. They are not read any more; calls that come
   * with the windows beside them are handed out all the same. What is complete is not given up. They stay gaps `abandoned` of each report, which may be
   * `complete` in spite of them, and `abandoned` of `coverage`. Given up is what each of the `accounts` lacks.
   */
  abandon?: readonly AbandonedInterval[] | undefined;
  /** Seconds after which a record no longer appears or changes; default each provider's own. What is younger is read again in each pass. */
  settleSeconds?: number | undefined;
  /** `false` leaves the vendor's own row out of each record; its content is compared all the same. Default true. */
  raw?: boolean | undefined;
}

/** An interval `[from, to)` to give up, by the start of calls. */
export interface AbandonedInterval {
  /** Its first instant: a `Date`, or ISO 8601 **with** an offset or `Z`. */
  from: Date | string;
  /** Its end, exclusive: later than `from`, and not later than now. */
  to: Date | string;
}

/** A store keeps the checkpoints. `forEach`, or `await batch.commit()`, saves that of a batch; nothing else does. */
export interface WithStore {
  /** Such as a `FileCheckpointStore`, or three methods over a database of yours. One sync of an account may use it at a time. */
  store: CheckpointStore;
  /** May not be given along with a store: one of them keeps the state. */
  checkpoint?: undefined;
}

/** You keep the checkpoints, in the transaction of your rows and in the order of the batches. Nothing needs to be committed. */
export interface WithCheckpoint {
  /** May not be given along with a checkpoint: one of them keeps the state. */
  store?: undefined;
  /** The last checkpoint that you kept; of several accounts, a list with one of each; `null`, or an empty list, where there is none yet. */
  checkpoint: SyncCheckpoint | readonly SyncCheckpoint[] | null;
}

const instant = z
  .union([dateSchema, z.string()], "must be a Date, or an ISO 8601 string with an offset or Z")
  .transform((value, context) => {
    const read = typeof value === "string" ? parseIso(value) : value.getTime();
    if (read !== null && !Number.isNaN(read)) return read;
    context.issues.push({
      code: "custom",
      message: "must be a Date, or an ISO 8601 string with an offset or Z, such as 2026-11-01T00:00:00+08:00",
      input: undefined,
    });
    return z.NEVER;
  });

const signal = z.custom<AbortSignal>(
  (value) => typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value,
  "must be an AbortSignal",
);

const policy = {
  signal: signal.optional(),
  totalTimeoutMs: z
    .number()
    .positive()
    .max(2 ** 31 - 1)
    .optional(),
  isolateFailures: z.boolean().default(false),
  beforeRetention: z.enum(["throw", "clip"]).default("throw"),
  unreadableRows: z.enum(["throw", "report"]).default("throw"),
};
const checkpointStore = z.custom<CheckpointStore>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    ["load", "save", "lock"].every((name) => typeof (value as Record<string, unknown>)[name] === "function"),
  "must be a CheckpointStore: an object with the methods load, save and lock",
);
const accounts = { accounts: z.array(z.string()).min(1, "must name at least one account").optional() };
const range = { from: instant, to: instant };

export const recordsSchema = z.strictObject({
  ...range,
  ...accounts,
  ...policy,
  direction: z.enum(directions).optional(),
  number: z
    .string()
    .transform(comparableNumber)
    .refine((number) => /\d/.test(number), "must hold a number")
    .optional(),
  order: z.enum(["arrival", "time"]).default("arrival"),
  raw: z.boolean().default(true),
  providerFilters: z.record(z.string(), z.unknown()).default({}),
});

export const usageSchema = z.strictObject({
  ...range,
  ...accounts,
  ...policy,
  by: z.enum(["total", "day", "month"]).default("total"),
  source: z.enum(["auto", "vendor", "records"]).default("auto"),
});

export const activeCallsSchema = z.strictObject({ ...accounts, ...policy });

export const probeSchema = z.strictObject(policy).omit({ isolateFailures: true, beforeRetention: true });

export const coverageSchema = z.strictObject({ ...accounts });

/** The account and the policy; the vendor's keys are checked by its own schema. */
export const findCallSchema = z.looseObject({ account: z.string(), ...policy });

export const syncSchema = z
  .strictObject({
    from: instant,
    to: instant.optional(),
    ...accounts,
    ...policy,
    store: checkpointStore.optional(),
    checkpoint: z.custom<SyncCheckpoint | readonly SyncCheckpoint[] | null>().optional(),
    settleSeconds: z.number().nonnegative().optional(),
    abandon: z.array(z.strictObject({ from: instant, to: instant })).default([]),
    raw: z.boolean().default(true),
  })
  .superRefine(({ store, checkpoint }, context) => {
    if ((store === undefined) !== (checkpoint === undefined)) return;
    const rule =
      store === undefined
        ? "is missing: pass a `store`, or your own `checkpoint` (`null` the first time)"
        : "cannot be given together with `checkpoint`: one of them keeps the state";
    context.addIssue({ code: "custom", path: ["store"], message: rule });
  });

/** @throws RequestError when it is no store. */
export function readStore(owner: string, store: unknown): CheckpointStore {
  return readArguments(owner, z.object({ store: checkpointStore }), { store }).store;
}

/**
 * The checkpoints that a caller has kept.
 * @param accounts that are wanted. A list may hold others, such as of an account that is no longer there; one by itself may not.
 * @throws RequestError when they are none, of another account, or two of one.
 */
export function readCheckpoints(
  owner: string,
  checkpoint: SyncCheckpoint | readonly SyncCheckpoint[] | null,
  accounts: readonly string[],
): SyncCheckpoint[] {
  const isList = Array.isArray(checkpoint);
  const checkpoints =
    checkpoint === null ? [] : isList ? (checkpoint as SyncCheckpoint[]) : [checkpoint as SyncCheckpoint];
  const owners = checkpoints.map(accountOf);
  if (owners.includes(null))
    throw new RequestError(
      `${owner}: argument \`checkpoint\`: must be a checkpoint that a batch gave, as an object (text is to be parsed first), a list of such, or null.`,
    );
  const repeated = owners.find((account, index) => owners.indexOf(account) !== index);
  if (repeated !== undefined)
    throw new RequestError(
      `${owner}: argument \`checkpoint\`: holds two of the account \`${repeated ?? ""}\`. Keep the last one of each.`,
    );
  const [only] = owners;
  if (!isList && only != null && !accounts.includes(only)) {
    throw new RequestError(
      `${owner}: argument \`checkpoint\`: is of the account \`${only}\`, which is not asked for. Pass a list where you keep those of several accounts.`,
    );
  }
  return checkpoints;
}

const policyNames = new Set(Object.keys(policy));

const searchSchema = z.looseObject({ application: z.string().min(1, "must not be empty").optional() });

/** The keys of a search, without its application; null: each is searched. */
export function searchArguments(args: Readonly<Record<string, unknown>>): {
  application: string | null;
  keys: Record<string, unknown>;
} {
  const { application = null, ...keys } = readArguments("findCall", searchSchema, args);
  return { application, keys };
}

/** The vendor's keys among the arguments of `findCall`. */
export function keysOf(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([name]) => name !== "account" && !policyNames.has(name)));
}

/**
 * Reads the arguments of a call by their schema.
 * @throws RequestError naming each wrong argument and its rule.
 */
export function readArguments<Schema extends z.ZodType>(
  owner: string,
  schema: Schema,
  args: unknown,
): z.output<Schema> {
  const result = schema.safeParse(args === undefined ? {} : args);
  if (result.success) return result.data;
  throw new RequestError(`${owner}: ${describeIssues(result.error, "argument")}.`);
}

/** The ground of a sync; without an end, of all that is to come. @throws RequestError when it is empty or reversed. */
export function readRequestedRange(
  owner: string,
  { from, to = OPEN_END }: { from: number; to?: number | undefined },
): Span {
  return readRange(owner, { from, to });
}

/** @throws RequestError naming the interval that is empty or reversed, or has not passed. */
export function readAbandoned(owner: string, intervals: readonly Span[], now: number): readonly Span[] {
  for (const [index, { from, to }] of intervals.entries()) {
    const rule =
      from >= to
        ? "must be later than its `from`"
        : to > now
          ? "must not be later than now: what is still to come cannot be given up"
          : null;
    if (rule !== null) throw new RequestError(`${owner}: argument \`abandon.${index}.to\` ${rule}.`);
  }
  return intervals;
}

/** @throws RequestError when the range is empty or reversed. */
export function readRange(owner: string, { from, to }: Span): Span {
  if (from < to) return { from, to };
  throw new RequestError(
    `${owner}: argument \`to\` must be later than \`from\`: the range [from, to) is ${from === to ? "empty" : "reversed"}.`,
  );
}

/** The policy among read arguments. */
export function policyOf({ signal, totalTimeoutMs, isolateFailures, beforeRetention, unreadableRows }: Policy): Policy {
  return { signal, totalTimeoutMs, isolateFailures, beforeRetention, unreadableRows };
}
