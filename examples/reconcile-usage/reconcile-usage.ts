import type { AccountReport, CallRecord, CallRecordsClient, UsageSummary } from "call-records";
import { type BillingRule, billedSeconds } from "./billing-rule.js";

/** What Tencent sells in packages by the minute: calls by telephone, either way, and calls over the internet. */
export const packages = ["outbound", "inbound", "voip"] as const;
export type Package = (typeof packages)[number];

/** One application on one day, by package, in minutes. */
export interface DayOfUsage {
  account: string;
  application: string | null;
  /** `yyyy-MM-dd` in the account's zone. */
  day: string;
  package: Package;
  /** As the vendor counts; null where it does not tell. */
  vendor: number | null;
  /** As the records come to under the billing rule. */
  records: number;
  /** Vendor less records: above 0, it charges for more than the records explain. */
  difference: number | null;
  /** Of the records' minutes, those of calls that ended on another day: the vendor may count them there. */
  acrossMidnight: number;
  /** Calls that were talked on, and whose length no record tells: they are not in `records`. */
  unknownLength: number;
  /** Whether neither side may still change. */
  settled: boolean;
}

export interface Reconciliation {
  days: DayOfUsage[];
  /** Accounts whose vendor has no count of its own: there is nothing to hold the records against. */
  withoutCount: string[];
}

/**
 * Each vendor's own count beside what its records come to, for the whole days that hold `[from, to)`.
 * @throws CallRecordsError when either cannot be read whole: a difference to half of the records says nothing.
 */
export async function reconcileUsage(
  client: CallRecordsClient,
  range: { from: Date; to: Date },
  rule: BillingRule,
): Promise<Reconciliation> {
  const reconciliation: Reconciliation = { days: [], withoutCount: [] };
  for (const { account, timeZone, usage } of client.capabilities()) {
    if (usage.vendor === null) reconciliation.withoutCount.push(account);
    else reconciliation.days.push(...(await reconcileAccount(client, { account, timeZone }, range, rule)));
  }
  return reconciliation;
}

async function reconcileAccount(
  client: CallRecordsClient,
  { account, timeZone }: { account: string; timeZone: string },
  range: { from: Date; to: Date },
  rule: BillingRule,
): Promise<DayOfUsage[]> {
  const { summaries } = await client.usage({ ...range, accounts: [account], by: "day", source: "vendor" });
  const days = summaries.map((summary) => ({
    summary,
    charged: newCharge(),
    acrossMidnight: newCharge(),
    unknownLength: newCharge(),
  }));
  const from = new Date(Math.min(...summaries.map((summary) => summary.from.getTime())));
  const to = new Date(Math.max(...summaries.map((summary) => summary.to.getTime())));
  const stream = client.records({ from, to, accounts: [account], raw: false });
  for await (const call of stream) {
    const item = packageOf(call);
    const day = days.find(
      ({ summary }) =>
        summary.application === call.application && summary.from <= call.startedAt && call.startedAt < summary.to,
    );
    if (item === null || day === undefined) continue;
    if (call.talkSeconds === null) {
      day.unknownLength[item] += 1;
      continue;
    }
    const seconds = billedSeconds(rule, call.talkSeconds);
    day.charged[item] += seconds;
    if (call.endedAt !== null && call.endedAt >= day.summary.to) day.acrossMidnight[item] += seconds;
  }
  const [report] = stream.report().accounts;
  return days.flatMap(({ summary, charged, acrossMidnight, unknownLength }) =>
    packages.map((item) => {
      const vendor = summary.minutes[item];
      const records = inMinutes(charged[item]);
      return {
        account,
        application: summary.application,
        // Sweden writes dates as ISO 8601 does.
        day: summary.from.toLocaleDateString("sv-SE", { timeZone }),
        package: item,
        vendor,
        records,
        difference: vendor === null ? null : rounded(vendor - records),
        acrossMidnight: inMinutes(acrossMidnight[item]),
        unknownLength: unknownLength[item],
        settled: summary.complete && isCovered(report, summary),
      };
    }),
  );
}

/** Seconds, which are whole: minutes added up by tenths would not come to what they should. */
function newCharge(): Record<Package, number> {
  return { outbound: 0, inbound: 0, voip: 0 };
}

/** From which package a call is paid, by the talk rather than by the vendor's code for its end; null: from none, or from one that the record does not tell. */
function packageOf({ state, outcome, kind, direction, answeredAt, talkSeconds }: CallRecord): Package | null {
  const talked = outcome === "answered" || (talkSeconds ?? 0) > 0 || (talkSeconds === null && answeredAt !== null);
  if (state !== "ended" || !talked) return null;
  if (kind === "voip") return "voip";
  return direction === "inbound" || direction === "outbound" ? direction : null;
}

function isCovered(report: AccountReport | undefined, { from, to }: UsageSummary): boolean {
  return report?.coverage.some((interval) => new Date(interval.from) <= from && to <= new Date(interval.to)) ?? false;
}

const inMinutes = (seconds: number) => rounded(seconds / 60);
const rounded = (minutes: number) => Math.round(minutes * 100) / 100;
