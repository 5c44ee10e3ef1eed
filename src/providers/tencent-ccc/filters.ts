import { z } from "zod";

/** The vendor's own filters of the history (DescribeTelCdr). */
export interface TencentCccFilters {
  /** Telephone numbers, as the vendor writes them. Which end they are compared with, and how many may be given, is not documented. */
  phones?: string[] | undefined;
  /** Ids of sessions. How many may be given is not documented. */
  sessionIds?: string[] | undefined;
}

const texts = z.array(z.string().min(1, "must not be empty")).min(1, "must hold at least one");

/** The shape of {@link TencentCccFilters}. */
export const filtersSchema = z.strictObject({ phones: texts.optional(), sessionIds: texts.optional() });
