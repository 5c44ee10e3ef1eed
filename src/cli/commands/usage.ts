import type { Command } from "commander";
import type { AccountReport } from "../../model/account-report.js";
import { ExitCode } from "../exit-code.js";
import type { FormatOptions } from "../output/format.js";
import { printAll } from "../output/print-all.js";
import { usageColumns } from "../output/usage-columns.js";
import { commandFor } from "../resume.js";
import { closeWith, exitCodeOf } from "../terminal/closing-report.js";
import { readRange } from "../times.js";
import { type AccountOptions, policyOf, workWith } from "../command-context.js";

export interface UsageOptions extends AccountOptions, FormatOptions {
  from: string;
  to: string;
  by: "total" | "day" | "month";
  source: "auto" | "vendor" | "records";
}

/** Prints what each account used. */
export function usage(options: UsageOptions, command: Command): Promise<ExitCode> {
  return workWith(options, async (context) => {
    const { client, providers, zone, messages, interruption } = context;
    const { from, to } = readRange(options, zone, Date.now());
    const named = options.account !== undefined;
    let accounts: AccountReport[] = [];
    const count = async () => {
      const response = await client.usage({
        ...policyOf(options, context),
        from,
        to,
        by: options.by,
        source: options.source,
      });
      ({ accounts } = response);
      return exitCodeOf(accounts, named) === ExitCode.failed ? null : response.summaries;
    };
    await printAll(count, options, usageColumns, { zone, signal: interruption.signal });
    // A part of what is counted cannot be counted by itself and added: seats and rounded minutes belong to a period. Spans would be others by then.
    const whole = { from: from.toISOString(), to: to.toISOString() };
    const code = closeWith(
      accounts,
      {
        noun: ["row counted", "rows counted"],
        zone,
        named,
        fetch: null,
        again: (account, number) => `count it again: ${commandFor(command, account, whole, number)}`,
      },
      messages,
    );
    const asked = providers.filter(({ account }) => options.account?.includes(account) ?? true);
    if (options.by !== "total")
      messages.say(
        `A ${options.by} is that of the account's own zone: ${[...new Set(asked.map(({ timeZone }) => timeZone))].join(", ")}.`,
      );
    messages.say(`Times and dates are those of ${zone.name}.`);
    return code;
  });
}
