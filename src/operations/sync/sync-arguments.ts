import { z } from "zod";
import { accountOf, type SyncCheckpoint } from "../../engine/checkpoints/checkpoint.js";
import type { CheckpointStore } from "../../engine/checkpoints/checkpoint-store.js";
import { Intervals, type Span } from "../../engine/lists/intervals.js";
import { RequestError } from "../../model/errors.js";
import type { PushNotice } from "../../model/push-notice.js";
import type { DateRange, Interval } from "../../model/interval.js";
import {
  type AccountsArgument,
  accountsFields,
  instantSchema,
  type PolicyArguments,
  policyFields,
  readArguments,
} from "../arguments.js";

/** Arguments of `sync`: the requested range, and where the checkpoints are stored. */
export type SyncArguments = SyncRange & (WithStore | WithCheckpoint);

/** The range of a sync, and how it is read. */
export interface SyncRange extends AccountsArgument, PolicyArguments {
  /**
   * The start of the range: a `Date`, or ISO 8601 **with** an offset or `Z`. Requested ranges accumulate over the passes: an earlier `from` triggers a backfill,
   * and a later `from` does not shrink them.
   */
  from: Date | string;
  /** The end of the range, exclusive. Default: none; each pass reads up to its own current time. */
  to?: Date | string | undefined;
  /**
   * Intervals to abandon permanently, such as the gaps `failed` of a report that the vendor can no longer serve. They are not read again. Calls in them that are
   * listed in neighbouring windows are delivered nevertheless. Intervals that are complete are not abandoned. The others become gaps `abandoned` of each report,
   * whose status may still be `complete`, and `abandoned` of `coverage`. An interval is abandoned for each of the `accounts` that lacks it. Its bounds are dates,
   * or ISO 8601 **with** an offset or `Z`. Its end is later than its start, and not later than now.
   */
  abandon?: readonly (Interval | DateRange)[] | undefined;
  /**
   * Notices of `readPush`. The pass first reads the ranges in which their calls began, as far as it reads them at all: ranges that are settled and complete are not
   * read again. Of each account, the latest 50 ranges are read first. Notices of other accounts are ignored. Whatever a notice says, the pass reads and verifies
   * the same ranges. Default: none.
   */
  around?: readonly Pick<PushNotice, "account" | "around">[] | undefined;
  /** Age in seconds at which a record is settled. Default: the provider's. Younger intervals are read again in each pass. */
  settleSeconds?: number | undefined;
  /** `false` leaves the vendor's own row out of each record. Its content is compared in either case. Default: true. */
  raw?: boolean | undefined;
}

/** The checkpoints are in a store. Only `forEach` and `await batch.commit()` save the checkpoint of a batch. */
export interface WithStore {
  /** A `FileCheckpointStore`, or an object with the same three methods over your database. Only one sync of an account may use it at a time. */
  store: CheckpointStore;
  /** Cannot be combined with `store`. */
  checkpoint?: undefined;
}

/** You store the checkpoints, in the transaction of the rows and in the order of the batches. No commit is needed. */
export interface WithCheckpoint {
  /** Cannot be combined with `checkpoint`. */
  store?: undefined;
  /** The last checkpoint that you stored. For several accounts: a list with one checkpoint of each. `null` or an empty list when there is none yet. */
  checkpoint: SyncCheckpoint | readonly SyncCheckpoint[] | null;
}

/** The end of a range without `to`: the last instant that a `Date` can represent. */
export const OPEN_END = 8.64e15;

const checkpointStore = z.custom<CheckpointStore>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    ["load", "save", "lock"].every((name) => typeof (value as Record<string, unknown>)[name] === "function"),
  "must be a CheckpointStore: an object with the methods load, save and lock",
);

/** Fields of an argument schema: the range of a sync, and how it is read. */
export const syncRangeFields = {
  from: instantSchema,
  to: instantSchema.optional(),
  ...accountsFields,
  ...policyFields,
  settleSeconds: z.number().nonnegative().optional(),
  abandon: z.array(z.strictObject({ from: instantSchema, to: instantSchema })).default([]),
  around: z
    .array(z.looseObject({ account: z.string(), around: z.strictObject({ from: instantSchema, to: instantSchema }) }))
    .default([]),
  raw: z.boolean().default(true),
};

export const syncSchema = z
  .strictObject({
    ...syncRangeFields,
    store: checkpointStore.optional(),
    checkpoint: z.custom<SyncCheckpoint | readonly SyncCheckpoint[] | null>().optional(),
  })
  .superRefine(({ store, checkpoint }, context) => {
    if ((store === undefined) !== (checkpoint === undefined)) return;
    const rule =
      store === undefined
        ? "is missing: pass a `store`, or your own `checkpoint` (`null` in the first pass)"
        : "cannot be combined with `checkpoint`: pass one of them";
    context.addIssue({ code: "custom", path: ["store"], message: rule });
  });

export const coverageSchema = z.strictObject(accountsFields);

/** Returns the store. @throws RequestError when it is not a `CheckpointStore`. */
export function readStore(operation: string, store: unknown): CheckpointStore {
  return readArguments(operation, z.object({ store: checkpointStore }), { store }).store;
}

/**
 * Returns the caller's checkpoints as a list.
 * @param accounts the selected accounts. A list may contain checkpoints of other accounts; a single checkpoint must belong to one of these.
 * @throws RequestError when a value is not a checkpoint, belongs to another account, or two belong to one account.
 */
export function readCheckpoints(
  operation: string,
  checkpoint: SyncCheckpoint | readonly SyncCheckpoint[] | null,
  accounts: readonly string[],
): SyncCheckpoint[] {
  const isList = Array.isArray(checkpoint);
  const checkpoints =
    checkpoint === null ? [] : isList ? (checkpoint as SyncCheckpoint[]) : [checkpoint as SyncCheckpoint];
  const owners = checkpoints.map(accountOf);
  if (owners.includes(null))
    throw new RequestError(
      `${operation}: argument \`checkpoint\`: must be the \`checkpoint\` object of a batch (parse it first if you stored text), a list of them, or null.`,
    );
  const repeated = owners.find((account, index) => owners.indexOf(account) !== index);
  if (repeated !== undefined)
    throw new RequestError(
      `${operation}: argument \`checkpoint\`: contains two checkpoints of the account \`${repeated ?? ""}\`. Pass only the last one of each account.`,
    );
  const [only] = owners;
  if (!isList && only != null && !accounts.includes(only)) {
    throw new RequestError(
      `${operation}: argument \`checkpoint\`: belongs to the account \`${only}\`, which is not selected. To pass checkpoints of several accounts, pass a list.`,
    );
  }
  return checkpoints;
}

/** Returns the ranges of the notices of an account. @throws RequestError naming a range that is empty or reversed. */
export function rangesOf(
  operation: string,
  notices: z.output<z.ZodObject<typeof syncRangeFields>>["around"],
  account: string,
): Intervals {
  for (const [index, { around }] of notices.entries())
    if (around.from >= around.to)
      throw new RequestError(`${operation}: argument \`around.${index}.around.to\` must be later than its \`from\`.`);
  return Intervals.of(notices.filter((notice) => notice.account === account).map(({ around }) => around));
}

/** Returns the intervals. @throws RequestError naming an interval that is empty, reversed, or not yet over. */
export function readAbandoned(operation: string, intervals: readonly Span[], now: number): readonly Span[] {
  for (const [index, { from, to }] of intervals.entries()) {
    const rule =
      from >= to
        ? "must be later than its `from`"
        : to > now
          ? "must not be later than now: an interval in the future cannot be abandoned"
          : null;
    if (rule !== null) throw new RequestError(`${operation}: argument \`abandon.${index}.to\` ${rule}.`);
  }
  return intervals;
}
