import type { AccountReport, CallRecord, CallRecordsClient, UsageSummary } from "call-records";
import { type BillingRule, billedSeconds } from "./billing-rule.js";

/** The packages that Tencent sells by the minute: outbound calls, inbound calls, and calls over the internet. */
export const packages = ["outbound", "inbound", "voip"] as const;
export type Package = (typeof packages)[number];

/** The minutes of one application, package and day. */
export interface DayOfUsage {
  account: string;
  application: string | null;
  /** `yyyy-MM-dd` in the account's time zone. */
  day: string;
  package: Package;
  /** The vendor's count; null if it does not provide one. */
  vendor: number | null;
  /** The sum of the records under the billing rule. */
  records: number;
  /** `vendor` minus `records`. If it is above 0, the vendor counts more than the records explain. */
  difference: number | null;
  /** The part of `records` that belongs to calls that ended on another day, where the vendor may count them. */
  acrossMidnight: number;
  /** Number of answered calls whose record has no duration. They are not in `records`. */
  unknownLength: number;
  /** Whether both numbers are final. */
  settled: boolean;
}

export interface Reconciliation {
  days: DayOfUsage[];
  /** Accounts whose vendor provides no count, so there is nothing to compare the records with. */
  withoutCount: string[];
}

/**
 * Compares each vendor's own count with its records, for the whole days that contain `[from, to)`.
 * @throws CallRecordsError if the count or the records cannot be read completely, because a difference would then mean nothing.
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
        // The Swedish date format is ISO 8601.
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

/** Returns counters in seconds. They are whole numbers, so their sums have no rounding errors; sums of minutes would. */
function newCharge(): Record<Package, number> {
  return { outbound: 0, inbound: 0, voip: 0 };
}

/** Returns the package that a call is charged to, by its talk rather than its outcome code; null if it is free, or if the record does not show the package. */
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
