/**
 * Compares the vendors' own counts of a month with the records under a billing rule: `npx tsx examples/reconcile-usage/run.ts [month] [rule]`, such as
 * `2026-10 6+6`; by default the last month and `60+60`. docs/metrics.md lists the possible causes of differences.
 *
 * Exit codes: 0 no settled day differs; 1 a settled day differs, or the data could not be read; 2 wrong usage.
 */
import { CallRecordsClient, month } from "call-records";
import { parseBillingRule, type ReconciledPeriod } from "call-records/metrics";
import { monthsBefore } from "../months-before.js";
import { openVendors } from "../vendors.js";
import { reconcileUsage } from "./reconcile-usage.js";

/** The time zone of the month, which is also the default of the accounts. */
const TIME_ZONE = "Asia/Shanghai";

const [lastMonth = ""] = monthsBefore(new Date(), 1, TIME_ZONE);
const [wanted = lastMonth, rule = "60+60"] = process.argv.slice(2);
const { range, billingRule } = readArguments();

const vendors = await openVendors({ days: 65, callsPerDay: 100 });
const client = new CallRecordsClient({ providers: vendors.providers });
try {
  const { periods, withoutCount } = await reconcileUsage(client, range, billingRule);
  const days = periods.flatMap(rowsOf);
  const differing = days.filter(({ difference }) => difference !== 0);
  console.log(`Minutes of ${wanted} in the vendor's count, and in the records under ${rule}.`);
  if (differing.length > 0) console.table(differing);
  else if (days.length > 0) console.log("No day differs.");
  if (days.length > 0) console.table(sumsOf(days));
  if (differing.length > 0) {
    console.table(periods.flatMap(explanationsOf));
    console.log("docs/metrics.md lists the possible causes.");
  }
  for (const account of withoutCount)
    console.log(`${account}: its vendor provides no count, so there is nothing to compare the records with.`);
  process.exitCode = differing.some(({ settled, difference }) => settled && difference !== null) ? 1 : 0;
} finally {
  await client.close();
  await vendors.close();
}

function readArguments() {
  try {
    const { from, to } = month(wanted, TIME_ZONE);
    // Future days have no calls.
    return { range: { from, to: new Date(Math.min(to.getTime(), Date.now())) }, billingRule: parseBillingRule(rule) };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

/** The Swedish date format is ISO 8601. */
function dayOf({ from }: ReconciledPeriod): string {
  return new Date(from).toLocaleDateString("sv-SE", { timeZone: TIME_ZONE });
}

/** Returns a row for each category of a day. */
function rowsOf(period: ReconciledPeriod) {
  const { account, application, settled } = period;
  return period.categories.map(({ category, vendorMinutes, recordMinutes, difference, unknownLength }) => ({
    ...{
      account,
      application,
      day: dayOf(period),
      category,
      vendorMinutes,
      recordMinutes,
      difference,
      unknownLength,
      settled,
    },
  }));
}

/** Returns a row for each possible cause on a day that differs. */
function explanationsOf(period: ReconciledPeriod) {
  if (period.categories.every(({ difference }) => difference === 0)) return [];
  return period.explanations.map(({ category, reason, calls, minutes, examples }) => ({
    ...{
      application: period.application,
      day: dayOf(period),
      category,
      reason,
      calls,
      minutes,
      first: examples[0]?.id,
    },
  }));
}

/** Returns the sums of the month by application and category. */
function sumsOf(days: readonly ReturnType<typeof rowsOf>[number][]) {
  const sums = new Map<string, { vendorMinutes: number; recordMinutes: number; difference: number }>();
  for (const { account, application, category, ...minutes } of days) {
    const name = `${account} ${application ?? ""} ${category}`;
    const sum = sums.get(name) ?? { vendorMinutes: 0, recordMinutes: 0, difference: 0 };
    const add = (one: number, other: number | null) => Math.round((one + (other ?? 0)) * 100) / 100;
    sums.set(name, {
      vendorMinutes: add(sum.vendorMinutes, minutes.vendorMinutes),
      recordMinutes: add(sum.recordMinutes, minutes.recordMinutes),
      difference: add(sum.difference, minutes.difference),
    });
  }
  return Object.fromEntries(sums);
}
