/**
 * Holds the vendors' own counts of a month against what the records come to under a billing rule: `npx tsx examples/reconcile-usage/run.ts [month] [rule]`, such as
 * `2026-10 6+6`; by default the last month and `60+60`. Where they differ, README.md beside this file says what may be the cause.
 *
 * Exit codes: 0 no settled day differs; 1 some do, or something could not be read; 2 wrong usage.
 */
import { CallRecordsClient, month } from "call-records";
import { monthsBefore } from "../backfill-to-csv/months.js";
import { openVendors } from "../vendors.js";
import { parseBillingRule } from "./billing-rule.js";
import { type DayOfUsage, packages, reconcileUsage } from "./reconcile-usage.js";

/** The month is one of this zone, which is the accounts' unless they are given another. */
const TIME_ZONE = "Asia/Shanghai";

const [lastMonth = ""] = monthsBefore(new Date(), 1, TIME_ZONE);
const [wanted = lastMonth, rule = "60+60"] = process.argv.slice(2);
const { range, billingRule } = readArguments();

const vendors = await openVendors({ days: 65, callsPerDay: 100 });
const client = new CallRecordsClient({ providers: vendors.providers });
try {
  const { days, withoutCount } = await reconcileUsage(client, range, billingRule);
  const differing = days.filter(({ difference }) => difference !== 0);
  console.log(`Minutes of ${wanted} as the vendor counts them, and as the records come to under ${rule}.`);
  if (differing.length > 0) console.table(differing);
  else if (days.length > 0) console.log("No day differs.");
  if (days.length > 0) console.table(sumsOf(days));
  if (differing.length > 0) console.log("examples/reconcile-usage/README.md tells what may be the cause.");
  for (const account of withoutCount)
    console.log(`${account}: its vendor has no count of its own, so there is nothing to compare the records with.`);
  process.exitCode = differing.some(({ settled, difference }) => settled && difference !== null) ? 1 : 0;
} finally {
  await client.close();
  await vendors.close();
}

function readArguments() {
  try {
    const { from, to } = month(wanted, TIME_ZONE);
    // Of days to come there is nothing to count.
    return { range: { from, to: new Date(Math.min(to.getTime(), Date.now())) }, billingRule: parseBillingRule(rule) };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

/** The month by application and package. */
function sumsOf(days: readonly DayOfUsage[]) {
  const applications = new Map(
    days.map(({ account, application }) => [`${account} ${application ?? ""}`, { account, application }]),
  );
  return [...applications.values()].flatMap(({ account, application }) =>
    packages.map((item) => {
      const own = days.filter(
        (day) => day.account === account && day.application === application && day.package === item,
      );
      const sum = (value: (day: DayOfUsage) => number | null) =>
        Math.round(own.reduce((total, day) => total + (value(day) ?? 0), 0) * 100) / 100;
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
