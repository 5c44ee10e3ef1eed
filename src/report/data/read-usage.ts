import { z } from "zod";
import { readOptions } from "../../columns/read-options.js";
import { usageSummarySchema } from "../../index.js";

const minutes = z.number().nullable();
const time = z.iso.datetime({ offset: true });

const reconciliationSchema = z.object({
  periods: z.array(
    z.object({
      account: z.string(),
      application: z.string().nullable(),
      from: time,
      to: time,
      settled: z.boolean(),
      categories: z.array(
        z.object({
          category: z.enum(["outbound", "inbound", "voip"]),
          vendorMinutes: minutes,
          recordMinutes: z.number(),
          difference: minutes,
        }),
      ),
      explanations: z.array(
        z.object({
          category: z.string().nullable(),
          reason: z.enum([
            "ends-later",
            "began-earlier",
            "unknown-length",
            "unclassified",
            "internal",
            "unanswered",
            "predictive",
            "transferred",
            "fraction",
          ]),
          calls: z.int().nonnegative(),
          minutes: z.number(),
        }),
      ),
    }),
  ),
  withoutCount: z.array(z.string()),
  callsOutside: z.int().nonnegative(),
});
const summariesSchema = z.object({ summaries: z.array(usageSummarySchema) });

/** A comparison of a vendor's count with the records under a billing rule. */
export type ShownReconciliation = z.output<typeof reconciliationSchema>;
/** One category of one period. */
export type ShownCategory = ShownReconciliation["periods"][number]["categories"][number];
/** Counts of usage without a billing rule. */
export type ShownSummaries = z.output<typeof summariesSchema>["summaries"];

/** The usage that the page shows. */
export type ShownUsage =
  { kind: "reconciled"; reconciliation: ShownReconciliation } | { kind: "counted"; summaries: ShownSummaries };

/** @throws RequestError when the value is neither a result of `reconcile` nor of `client.usage`. */
export function readUsage(owner: string, usage: unknown): ShownUsage {
  const isCounted = typeof usage === "object" && usage !== null && "summaries" in usage;
  const name = `${owner}: option \`usage\``;
  return isCounted
    ? { kind: "counted", summaries: readOptions(name, summariesSchema, usage).summaries }
    : { kind: "reconciled", reconciliation: readOptions(name, reconciliationSchema, usage) };
}
