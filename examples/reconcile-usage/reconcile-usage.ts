import type { CallRecordsClient } from "call-records";
import { type BillingRule, reconcile, type Reconciliation } from "call-records/metrics";

/**
 * Compares each vendor's own count with its records, for the whole days that contain `[from, to)`.
 * @throws CallRecordsError if the count or the records cannot be read completely, because a difference would then mean nothing.
 */
export async function reconcileUsage(
  client: CallRecordsClient,
  range: { from: Date; to: Date },
  rule: BillingRule,
): Promise<Pick<Reconciliation, "periods" | "withoutCount">> {
  const capabilities = client.capabilities();
  const counting = capabilities.filter(({ usage }) => usage.vendor !== null).map(({ account }) => account);
  const withoutCount = capabilities.map(({ account }) => account).filter((account) => !counting.includes(account));
  const periods: Reconciliation["periods"] = [];
  for (const account of counting) {
    const usage = await client.usage({ ...range, accounts: [account], by: "day", source: "vendor" });
    // The vendor counts whole days, so the records of the same days are read.
    const from = new Date(Math.min(...usage.summaries.map((summary) => summary.from.getTime())));
    const to = new Date(Math.max(...usage.summaries.map((summary) => summary.to.getTime())));
    const stream = client.records({ from, to, accounts: [account], raw: false });
    periods.push(...(await reconcile(usage, stream, rule, { report: () => stream.report() })).periods);
  }
  return { periods, withoutCount };
}
