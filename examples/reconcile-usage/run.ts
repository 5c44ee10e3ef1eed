/**
 * Compares the vendors' own counts of a month with the records under a billing rule: `npx tsx examples/reconcile-usage/run.ts [month] [rule]`, such as
 * `2026-10 6+6`; by default the last month and `60+60`. README.md beside this file lists the possible causes of differences.
 *
 * Exit codes: 0 no settled day differs; 1 a settled day differs, or the data could not be read; 2 wrong usage.
 */
import { CallRecordsClient, month } from "call-records";
import { monthsBefore } from "../months-before.js";
import { openVendors } from "../vendors.js";
import { parseBillingRule } from "./billing-rule.js";
import { type DayOfUsage, packages, reconcileUsage } from "./reconcile-usage.js";

/** The time zone of the month, which is also the default of the accounts. */
const TIME_ZONE = "Asia/Shanghai";

const [lastMonth = ""] = monthsBefore(new Date(), 1, TIME_ZONE);
const [wanted = lastMonth, rule = "60+60"] = process.argv.slice(2);
const { range, billingRule } = readArguments();

const vendors = await openVendors({ days: 65, callsPerDay: 100 });
const client = new CallRecordsClient({ providers: vendors.providers });
try {
  const { days, withoutCount } = await reconcileUsage(client, range, billingRule);
  const differing = days.filter(({ difference }) => difference !== 0);
  console.log(`Minutes of ${wanted} in the vendor's count, and in the records under ${rule}.`);
  if (differing.length > 0) console.table(differing);
  else if (days.length > 0) console.log("No day differs.");
  if (days.length > 0) console.table(sumsOf(days));
  if (differing.length > 0) console.log("examples/reconcile-usage/README.md lists the possible causes.");
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

/** Returns the sums of the month by application and package. */
function sumsOf(days: readonly DayOfUsage[]) {
  const applications = new Map(
    days.map(({ account, application }) => [`${account} ${application ?? ""}`, { account, application }]),
  );
  return [...applications.values()].flatMap(({ account, application }) =>
    packages.map((item) => {
      const matching = days.filter(
        (day) => day.account === account && day.application === application && day.package === item,
      );
      const sum = (value: (day: DayOfUsage) => number | null) =>
        Math.round(matching.reduce((total, day) => total + (value(day) ?? 0), 0) * 100) / 100;
      return {
        account,
        application,
        package: item,
        vendor: sum(({ vendor }) => vendor),
        records: sum(({ records }) => records),
        difference: sum(({ difference }) => difference),
      };
    }),
  );
}
