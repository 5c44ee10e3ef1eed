import { z } from "zod";
import { instantSchema } from "./instant.js";

/**
 * Minutes by billing category. A number that the source does not provide is null, not 0. Calls between staff are in none of the categories. In the vendor's
 * count, a sum is also null if one window lacks the number. Counted from records, a number is also null if its category has answered calls and the vendor
 * provides the duration of none.
 */
export interface UsageMinutes {
  /** Minutes of outbound calls by telephone (Tencent's `TelCallOutCount`). */
  outbound: number | null;
  /** Minutes of inbound calls by telephone (Tencent's `TelCallInCount`). */
  inbound: number | null;
  /** Minutes of audio calls (Tencent's `VOIPCallInCount`); counted from records, minutes of calls of kind `voip`. */
  voip: number | null;
  /** Minutes of calls of unknown direction, which are in no other category. Null where the source is the vendor's own count. */
  unclassified: number | null;
  /** Minutes of recordings that were transcribed after the call; null where counted from records. */
  asrOffline: number | null;
  /** Minutes of speech that was transcribed during the call; null where counted from records. */
  asrRealtime: number | null;
}

/** Numbers of calls. */
export interface UsageCalls {
  /** Number of calls that have ended, in any direction. */
  total: number;
  /** Number of calls whose `outcome` is `answered`, or whose times or durations show a talk, regardless of the vendor's code. */
  answered: number;
  /** Number of inbound calls, answered or not. */
  inbound: number;
  /** Number of outbound calls, answered or not. */
  outbound: number;
}

/** The usage of one account and application in one period. */
export interface UsageSummary {
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** The account's label, as configured. */
  account: string;
  /** The vendor's application within the account, or null. */
  application: string | null;
  /** The start of the covered period, `[from, to)`: the requested range, or the whole days around it where the vendor counts by day. */
  from: Date;
  /** The end of the covered period, exclusive. */
  to: Date;
  /** `vendor`: the vendor's own count; `records`: counted here from call records. */
  source: "vendor" | "records";
  /** Numbers of calls; null where the source is the vendor's count of minutes. */
  calls: UsageCalls | null;
  /** Minutes by billing category. Counted from records, the talk time of each answered call is rounded up to a minute, then added. */
  minutes: UsageMinutes;
  /**
   * Seconds of talk of the answered calls whose duration is known. Null if there are answered calls and the duration of none is known, and where the source is
   * the vendor's count.
   */
  talkSeconds: number | null;
  /**
   * Number of answered calls whose duration is unknown, because the vendor provides neither a duration nor the times of the talk. These calls are in no sum of
   * minutes or seconds. Null where the source is the vendor's count of minutes.
   */
  answeredWithoutDuration: number | null;
  /**
   * Number of seats used, as the vendor counts them. Null where counted from records, and where the period needs several vendor windows, because seats cannot be
   * added.
   */
  seats: number | null;
  /**
   * Whether everything in the period was read and can no longer change, because the period is older than the account's settle time. Also false if one window of
   * the vendor's count lacks minutes that another window contains.
   */
  complete: boolean;
  /** The vendor's own responses, one for each vendor window. Empty where counted from records. */
  raw: unknown[];
}

const count = z.number().nonnegative();
const minutes = count.nullable();

/**
 * Accepts a {@link UsageSummary} and its JSON form, in which times are ISO 8601 strings; returns a {@link UsageSummary}. `minutes.unclassified` and
 * `answeredWithoutDuration` are null where they are missing.
 */
export const usageSummarySchema = z.object({
  provider: z.string(),
  account: z.string(),
  application: z.string().nullable(),
  from: instantSchema,
  to: instantSchema,
  source: z.enum(["vendor", "records"]),
  calls: z.object({ total: count, answered: count, inbound: count, outbound: count }).nullable(),
  minutes: z.object({
    outbound: minutes,
    inbound: minutes,
    voip: minutes,
    unclassified: minutes.default(null),
    asrOffline: minutes,
    asrRealtime: minutes,
  }),
  talkSeconds: count.nullable(),
  answeredWithoutDuration: count.nullable().default(null),
  seats: count.nullable(),
  complete: z.boolean(),
  raw: z.array(z.unknown()),
}) satisfies z.ZodType<UsageSummary>;
