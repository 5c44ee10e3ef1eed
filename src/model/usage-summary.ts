import { z } from "zod";
import { instantSchema } from "./instant.js";

/**
 * Minutes by billing category. A number that the source does not provide is null, not 0. A sum is null as well where one window of the vendor's count leaves
 * the number out. Calls between staff are in none of the categories. Counted from records, a number is also null where calls of its category were talked on and
 * the vendor provides the length of none.
 */
export interface UsageMinutes {
  /** Minutes of outbound calls by telephone (Tencent's `TelCallOutCount`). */
  outbound: number | null;
  /** Minutes of inbound calls by telephone (Tencent's `TelCallInCount`). */
  inbound: number | null;
  /** Minutes of audio calls (Tencent's `VOIPCallInCount`); from records, of calls of kind `voip`. */
  voip: number | null;
  /** Minutes of calls of unknown direction, which are in none of the others. From records only; null where the source is the vendor's own count. */
  unclassified: number | null;
  /** Minutes of recordings that were transcribed afterwards; null where counted from records, which do not contain it. */
  asrOffline: number | null;
  /** Minutes of speech that was transcribed during the call; null where counted from records. */
  asrRealtime: number | null;
}

/** Numbers of calls. */
export interface UsageCalls {
  /** All calls that have ended, of any direction. */
  total: number;
  /** Calls whose `outcome` is `answered`, or that were talked on according to their times or durations, regardless of the vendor's code. */
  answered: number;
  /** Inbound calls, answered or not. */
  inbound: number;
  /** Outbound calls, answered or not. */
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
  /** Start of the period that is covered, `[from, to)`: the requested range, or the whole days around it where the vendor counts by day. */
  from: Date;
  /** The end of that period, exclusive. */
  to: Date;
  /** `vendor`: the vendor's own count; `records`: counted here from call records. */
  source: "vendor" | "records";
  /** Null where the source is the vendor's count of minutes. */
  calls: UsageCalls | null;
  /** From records: the talk time of each answered call, rounded up to a minute, then added. */
  minutes: UsageMinutes;
  /**
   * Seconds of talk of the answered calls whose length is known; null where there are answered calls and it is known of none, and where the source is the
   * vendor's count.
   */
  talkSeconds: number | null;
  /**
   * Answered calls for which the vendor provides neither a duration nor the times of one. Their length is in no sum. Null where the source is the vendor's
   * count of minutes.
   */
  answeredWithoutDuration: number | null;
  /** Seats used, as the vendor counts them. Seats cannot be added: null where the period needed more than one vendor window. */
  seats: number | null;
  /**
   * True when everything in the period was read and may no longer change (it ended before the account's settle time). False as well where one window of the
   * vendor's count leaves out minutes that another window contains.
   */
  complete: boolean;
  /** The vendor's own responses, one for each vendor window; empty when counted from records. */
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
