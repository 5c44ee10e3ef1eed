import { z } from "zod";
import { instantSchema } from "./instant.js";

/** Minutes by what they are billed as. A number that the source does not tell is null, not 0. */
export interface UsageMinutes {
  outbound: number | null;
  inbound: number | null;
  voip: number | null;
  /** Recordings turned into text afterwards. */
  asrOffline: number | null;
  /** Speech turned into text while the call goes on. */
  asrRealtime: number | null;
}

/** How many calls there were. */
export interface UsageCalls {
  total: number;
  answered: number;
  inbound: number;
  outbound: number;
}

/** What one account and application used in one period. */
export interface UsageSummary {
  provider: string;
  account: string;
  /** The vendor's application within the account, or null. */
  application: string | null;
  /** The period really covered is `[from, to)`: the range asked for, or the whole days around it where the vendor counts in days. */
  from: Date;
  to: Date;
  /** `vendor`: the vendor's own count; `records`: counted here from call records. */
  source: "vendor" | "records";
  /** Null where the source is the vendor's count of minutes. */
  calls: UsageCalls | null;
  /** From records: each answered call's talk time rounded up to a minute, then added. */
  minutes: UsageMinutes;
  /** Seconds of talk of the answered calls; null where the source is the vendor's count. */
  talkSeconds: number | null;
  /** Seats used, as the vendor counts them. Seats do not add up: null where the period needed more than one vendor window. */
  seats: number | null;
  /** True when everything in the period was read and may no longer change (it ended before the account's settle time). */
  complete: boolean;
  /** The vendor's own answers, one for each vendor window; empty when counted from records. */
  raw: unknown[];
}

const count = z.number().nonnegative();
const minutes = count.nullable();

/** Accepts a {@link UsageSummary} and its JSON form, in which times are ISO 8601 strings; answers a {@link UsageSummary}. */
export const usageSummarySchema = z.object({
  provider: z.string(),
  account: z.string(),
  application: z.string().nullable(),
  from: instantSchema,
  to: instantSchema,
  source: z.enum(["vendor", "records"]),
  calls: z.object({ total: count, answered: count, inbound: count, outbound: count }).nullable(),
  minutes: z.object({ outbound: minutes, inbound: minutes, voip: minutes, asrOffline: minutes, asrRealtime: minutes }),
  talkSeconds: count.nullable(),
  seats: count.nullable(),
  complete: z.boolean(),
  raw: z.array(z.unknown()),
}) satisfies z.ZodType<UsageSummary>;
