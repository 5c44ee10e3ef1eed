import { z } from "zod";
import { instantSchema } from "./instant.js";

/**
 * Minutes by what they are billed as. A number that the source does not tell is null, not 0; nor is a sum told to which one window of the vendor's count adds
 * nothing because it leaves the number out. Calls between staff are in none of them. From records, a number is
 * null as well where there were calls of its kind that were talked on, and the vendor tells the length of none.
 */
export interface UsageMinutes {
  /** Minutes of outbound calls by telephone (Tencent's `TelCallOutCount`). */
  outbound: number | null;
  /** Minutes of inbound calls by telephone (Tencent's `TelCallInCount`). */
  inbound: number | null;
  /** Minutes of audio calls (Tencent's `VOIPCallInCount`); from records, of calls of kind `voip`. */
  voip: number | null;
  /** Minutes of calls whose direction is not known: in none of the others. From records only; null where the source is the vendor's own count. */
  unclassified: number | null;
  /** Minutes of recordings turned into text afterwards; null where counted from records, which do not tell. */
  asrOffline: number | null;
  /** Minutes of speech turned into text while the call went on; null where counted from records. */
  asrRealtime: number | null;
}

/** How many calls there were. */
export interface UsageCalls {
  /** All calls that have ended, of any direction. */
  total: number;
  /** Those whose `outcome` is `answered`, or that were talked on, as their times or durations show, whatever the vendor's code says. */
  answered: number;
  /** Those that came in, answered or not. */
  inbound: number;
  /** Those that went out, answered or not. */
  outbound: number;
}

/** What one account and application used in one period. */
export interface UsageSummary {
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** The account's label, as configured. */
  account: string;
  /** The vendor's application within the account, or null. */
  application: string | null;
  /** The period really covered is `[from, to)`: the range asked for, or the whole days around it where the vendor counts in days. */
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
   * Answered calls of which the vendor tells neither a duration nor the times of one: their length is in no sum. Null where the source is the vendor's count of
   * minutes.
   */
  answeredWithoutDuration: number | null;
  /** Seats used, as the vendor counts them. Seats do not add up: null where the period needed more than one vendor window. */
  seats: number | null;
  /**
   * True when everything in the period was read and may no longer change (it ended before the account's settle time). False as well where one window of the
   * vendor's count leaves out minutes that another window tells.
   */
  complete: boolean;
  /** The vendor's own answers, one for each vendor window; empty when counted from records. */
  raw: unknown[];
}

const count = z.number().nonnegative();
const minutes = count.nullable();

/**
 * Accepts a {@link UsageSummary} and its JSON form, in which times are ISO 8601 strings; answers a {@link UsageSummary}. `minutes.unclassified` and
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
