import type { Command } from "commander";
import { Zone } from "../../contract/zone.js";
import type { AccountReport } from "../../model/account-report.js";
import type { UsageSummary } from "../../model/usage-summary.js";
import type { BuiltInProvider } from "../../vendors.js";
import { ExitCode } from "../exit-code.js";
import type { FormatOptions } from "../output/format.js";
import { printAll } from "../output/print-all.js";
import { usageColumns } from "../output/usage-columns.js";
import { commandFor } from "../resume.js";
import { printReport, exitCodeOf } from "../terminal/report.js";
import { oneLine } from "../terminal/sanitize.js";
import { type RangeOptions, readRange } from "../times.js";
import { type AccountOptions, commonArguments, runWithAccounts } from "../command-context.js";

export interface UsageOptions extends AccountOptions, FormatOptions, RangeOptions {
  by: "total" | "day" | "month";
  source: "auto" | "vendor" | "records";
}

/** Prints the usage of each account. */
export function usage(options: UsageOptions, command: Command): Promise<ExitCode> {
  return runWithAccounts(options, async (context) => {
    const { client, providers, zone, zoneDescription, messages, interruption } = context;
    const { from, to } = readRange(options, zone, Date.now());
    const named = options.account !== undefined;
    let accounts: AccountReport[] = [];
    let summaries: UsageSummary[] = [];
    const count = async () => {
      const response = await client.usage({
        ...commonArguments(options, context),
        from,
        to,
        by: options.by,
        source: options.source,
      });
      ({ accounts, summaries } = response);
      return exitCodeOf(accounts, named) === ExitCode.failed ? null : summaries;
    };
    await printAll(count, options, usageColumns, { zone, messages, signal: interruption.signal });
    // A gap cannot be counted alone and added, because seats and rounded minutes belong to a whole period. Absolute times, because a span depends on now.
    const whole = { from: from.toISOString(), to: to.toISOString() };
    const code = printReport(
      accounts,
      {
        noun: ["row counted", "rows counted"],
        zone,
        named,
        fetch: null,
        again: (account, number) => `To count again: ${commandFor(command, account, whole, number)}`,
      },
      messages,
    );
    for (const line of widenedRanges(summaries, providers, { from, to })) messages.info(line);
    const requested = providers.filter(({ account }) => options.account?.includes(account) ?? true);
    if (options.by !== "total")
      messages.info(
        `A ${options.by} is in the account's time zone: ${[...new Set(requested.map(({ timeZone }) => timeZone))].join(", ")}.`,
      );
    messages.info(zoneDescription);
    return code;
  });
}

/** Returns two lines for each account whose vendor counts whole days, if the requested range does not begin and end with one. The end is exclusive, as in all output. */
function widenedRanges(
  summaries: readonly UsageSummary[],
  providers: readonly BuiltInProvider[],
  { from, to }: { from: Date; to: Date },
): string[] {
  return providers.flatMap(({ account, timeZone }) => {
    const own = summaries.filter((summary) => summary.account === account);
    const first = Math.min(from.getTime(), ...own.map((summary) => summary.from.getTime()));
    const last = Math.max(to.getTime(), ...own.map((summary) => summary.to.getTime()));
    if (first === from.getTime() && last === to.getTime()) return [];
    const zone = Zone.named(timeZone);
    return [
      `${oneLine(account)}: widened to whole days in ${timeZone}:`,
      `  ${zone.print(first)} to ${zone.print(last)}`,
    ];
  });
}
