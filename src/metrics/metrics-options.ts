import { z } from "zod";
import { declaredValuesSchema } from "../adapter.js";
import { readOptions, timeZoneSchema } from "../columns/read-options.js";
import { type AccountCapabilities, type Report, RequestError } from "../index.js";

/** The dimensions by which calls can be grouped, in the type of the option `groupBy`. */
export const groupDimensions = [
  "account",
  "provider",
  "direction",
  "agent",
  "group",
  "queue",
  "outcome",
  "day",
  "hour",
  "weekday",
] as const;

/**
 * A dimension by which calls are grouped. Its value in a `key`, which is null where a call has none:
 *
 * - `account`, `provider`, `direction`, `outcome`: the field of the record. The outcome of an ended call without one is `unknown`.
 * - `agent`: the agent's `id`, else the name. An id is unique only within its account, so group by `account` too.
 * - `group`: the agent's `groupId`, else `groupName`: the group that served the call.
 * - `queue`: the `id` of the queue in which the caller waited, else its `name`.
 * - `day`: the day on which the call started, such as `2026-11-01`.
 * - `hour`: the hour of the day in which the call started, from `00` to `23`.
 * - `weekday`: the weekday on which the call started, from `1` (Monday) to `7` (Sunday), as in ISO 8601.
 */
export type GroupDimension = (typeof groupDimensions)[number];

/** The service level: the share of calls that were answered within a time. */
export interface ServiceLevelRule {
  /** The longest wait in seconds with which an answered call counts as in time: a whole number. Default 20. */
  seconds: number;
  /**
   * The calls in the denominator, of those with a known wait. `handled` (default): answered calls and abandoned calls, without short abandons. `offered`: also
   * missed calls.
   */
  of?: "handled" | "offered" | undefined;
}

/** The options of {@link callMetrics}. */
export interface MetricsOptions {
  /** IANA name of the zone of days, hours and weekdays. Required where `groupBy` contains one of them: the machine's zone is never used. */
  timeZone?: string | undefined;
  /**
   * The dimensions by which calls are grouped, such as `["account", "agent"]`: the result has `groups`. Or a list of such lists, which are computed in the same
   * pass: the result has `groupings`, one for each list. Default: the totals only.
   */
  groupBy?: readonly GroupDimension[] | readonly (readonly GroupDimension[])[] | undefined;
  /** The rule of the service level. Default `{ seconds: 20, of: "handled" }`. */
  serviceLevel?: ServiceLevelRule | undefined;
  /** The longest wait in whole seconds of a short abandon, such as 5: the caller gave up before an agent could take the call. Default: no abandon is short. */
  shortAbandonSeconds?: number | undefined;
  /**
   * Whether a call that the caller abandoned in the voice menu was offered. `offered` (default): it counts in `offered` and `missed`, and not in `abandoned`.
   * `excluded`: it counts only in `abandonedInMenu`. It has no effect where the vendor does not distinguish these calls.
   */
  menuAbandons?: "offered" | "excluded" | undefined;
  /**
   * The values that each provider provides, as `client.capabilities()` returns them. Default: those of the built-in vendors; any other provider provides
   * everything except codes of calls that were abandoned in the menu. Where accounts of one provider differ, a value counts only if all of them provide it.
   */
  capabilities?: readonly Pick<AccountCapabilities, "provider" | "provides">[] | undefined;
  /** Returns the report of the stream, such as `() => stream.report()`. It is called once, after the last call. Default: none, and the result proves nothing. */
  report?: (() => Report) | undefined;
}

/** The options of a result, with their defaults. Only results with the same options can be merged. Plain JSON. */
export interface MetricsSettings {
  /** IANA name of the zone of days, hours and weekdays; null where none was given. */
  timeZone: string | null;
  /** The dimensions of each grouping. */
  groupBy: GroupDimension[][];
  /** Whether `groupBy` was one list, whose groups are in `groups`. */
  isSingleGrouping: boolean;
  /** The rule of the service level. */
  serviceLevel: {
    /** The longest wait in seconds of a call that was answered in time. */
    seconds: number;
    /** The calls in the denominator. */
    of: "handled" | "offered";
  };
  /** The longest wait in seconds of a short abandon; null where no abandon is short. */
  shortAbandonSeconds: number | null;
  /** Whether a call that was abandoned in the voice menu was offered. */
  menuAbandons: "offered" | "excluded";
}

const wholeSeconds = z.int("must be a whole number of seconds").nonnegative("must not be negative");
const dimensions = z
  .array(z.enum(groupDimensions, `must be one of ${groupDimensions.join(", ")}`))
  .refine((list) => new Set(list).size === list.length, "must not name a dimension twice");

export const settingsSchema = z.strictObject({
  timeZone: timeZoneSchema.nullable(),
  groupBy: z.array(dimensions.min(1)),
  isSingleGrouping: z.boolean(),
  serviceLevel: z.strictObject({ seconds: wholeSeconds, of: z.enum(["handled", "offered"]) }),
  shortAbandonSeconds: wholeSeconds.nullable(),
  menuAbandons: z.enum(["offered", "excluded"]),
}) satisfies z.ZodType<MetricsSettings>;

const optionsSchema = z.strictObject({
  timeZone: timeZoneSchema.optional(),
  groupBy: z.array(z.unknown(), "must be a list of dimensions, or a list of such lists").optional(),
  serviceLevel: z
    .strictObject({ seconds: wholeSeconds, of: z.enum(["handled", "offered"]).default("handled") })
    .optional(),
  shortAbandonSeconds: wholeSeconds.optional(),
  menuAbandons: z.enum(["offered", "excluded"]).default("offered"),
  capabilities: z.array(z.looseObject({ provider: z.string(), provides: declaredValuesSchema })).optional(),
  report: z
    .custom<() => Report>((value) => typeof value === "function", "must be a function that returns a report")
    .optional(),
});

const oneListSchema = z.object({ groupBy: dimensions });
const listsSchema = z.object({ groupBy: z.array(dimensions.min(1, "must name at least one dimension")) });

/** The options of `callMetrics`, as read. */
export interface ReadMetricsOptions {
  settings: MetricsSettings;
  capabilities: z.output<typeof optionsSchema>["capabilities"];
  report: (() => Report) | null;
}

const NEED_ZONE: ReadonlySet<GroupDimension> = new Set(["day", "hour", "weekday"]);

/** @throws RequestError that names each invalid option and its rule. */
export function readMetricsOptions(owner: string, options: unknown): ReadMetricsOptions {
  const read = readOptions(owner, optionsSchema, options);
  const isSingleGrouping = read.groupBy?.some((item) => typeof item === "string") ?? false;
  const groupBy = readGroupings(owner, read.groupBy ?? [], isSingleGrouping);
  const dated = groupBy.flat().find((dimension) => NEED_ZONE.has(dimension));
  if (dated !== undefined && read.timeZone === undefined)
    throw new RequestError(`${owner}: option \`timeZone\`: is required, because \`groupBy\` contains \`${dated}\`.`);
  return {
    settings: {
      timeZone: read.timeZone ?? null,
      groupBy,
      isSingleGrouping,
      serviceLevel: read.serviceLevel ?? { seconds: 20, of: "handled" },
      shortAbandonSeconds: read.shortAbandonSeconds ?? null,
      menuAbandons: read.menuAbandons,
    },
    capabilities: read.capabilities,
    report: read.report ?? null,
  };
}

function readGroupings(owner: string, groupBy: unknown[], isSingle: boolean): GroupDimension[][] {
  if (isSingle) return [readOptions(owner, oneListSchema, { groupBy }).groupBy];
  return readOptions(owner, listsSchema, { groupBy }).groupBy;
}
