import type { Command } from "commander";
import type { AccountReport } from "../../model/account-report.js";
import { ExitCode } from "../exit-code.js";
import type { FormatOptions } from "../output/format.js";
import { printAll } from "../output/print-all.js";
import { usageColumns } from "../output/usage-columns.js";
import { commandFor } from "../resume.js";
import { printReport, exitCodeOf } from "../terminal/report.js";
import { readRange } from "../times.js";
import { type AccountOptions, commonArguments, runWithAccounts } from "../command-context.js";

export interface UsageOptions extends AccountOptions, FormatOptions {
  from: string;
  to: string;
  by: "total" | "day" | "month";
  source: "auto" | "vendor" | "records";
}

/** Prints the usage of each account. */
export function usage(options: UsageOptions, command: Command): Promise<ExitCode> {
  return runWithAccounts(options, async (context) => {
    const { client, providers, zone, messages, interruption } = context;
    const { from, to } = readRange(options, zone, Date.now());
    const named = options.account !== undefined;
    let accounts: AccountReport[] = [];
    const count = async () => {
      const response = await client.usage({
        ...commonArguments(options, context),
        from,
        to,
        by: options.by,
        source: options.source,
      });
      ({ accounts } = response);
      return exitCodeOf(accounts, named) === ExitCode.failed ? null : response.summaries;
    };
    await printAll(count, options, usageColumns, { zone, signal: interruption.signal });
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
    const requested = providers.filter(({ account }) => options.account?.includes(account) ?? true);
    if (options.by !== "total")
      messages.info(
        `A ${options.by} is in the account's time zone: ${[...new Set(requested.map(({ timeZone }) => timeZone))].join(", ")}.`,
      );
    messages.info(`Times are in ${zone.name}.`);
    return code;
  });
}
