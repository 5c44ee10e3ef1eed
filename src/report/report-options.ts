import { z } from "zod";
import { readOptions } from "../columns/read-options.js";
import type { UsageSummary } from "../index.js";
import type { Reconciliation } from "../metrics/index.js";
import { readUsage, type ShownUsage } from "./data/read-usage.js";

/** The languages of the page. */
export const reportLocales = ["en", "zh-CN"] as const;
/** A language of the page, as a BCP 47 tag. */
export type ReportLocale = (typeof reportLocales)[number];

/** The options of {@link renderReport}. */
export interface ReportOptions {
  /** The title of the page. Default: `Call report` in the language of the page. */
  title?: string | undefined;
  /** The language of the page. Default `en`. */
  locale?: ReportLocale | undefined;
  /**
   * The vendors' own count of minutes: the result of `reconcile`, which the page shows beside the records; or the result of `client.usage`, which it shows beside
   * the talk times. Default: the page has no such section.
   */
  usage?:
    | Reconciliation
    | {
        /** The summaries of the accounts and periods. */
        readonly summaries: readonly UsageSummary[];
      }
    | undefined;
}

const optionsSchema = z.strictObject({
  title: z.string().min(1, "must not be empty").optional(),
  locale: z.enum(reportLocales, `must be one of ${reportLocales.join(", ")}`).default("en"),
  usage: z.unknown().optional(),
});

/** The options, as read. */
export interface ReadReportOptions {
  title: string | null;
  locale: ReportLocale;
  usage: ShownUsage | null;
}

/** @throws RequestError that names each invalid option and its rule. */
export function readReportOptions(owner: string, options: unknown): ReadReportOptions {
  const { title = null, locale, usage } = readOptions(owner, optionsSchema, options);
  return { title, locale, usage: usage === undefined ? null : readUsage(owner, usage) };
}
