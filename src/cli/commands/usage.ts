import type { Command } from "commander";
import { ExitCode } from "../exit-code.js";
import type { FormatOptions } from "../output/format.js";
import { printAll } from "../output/print-all.js";
import { usageColumns } from "../output/usage-columns.js";
import { commandFor } from "../resume.js";
import { closeWith, exitCodeOf } from "../terminal/closing-report.js";
import { readTime } from "../times.js";
import { type AccountOptions, policyOf, workWith } from "../workplace.js";

export interface UsageOptions extends AccountOptions, FormatOptions {
  from: string;
  to: string;
  by: "total" | "day" | "month";
  source: "auto" | "vendor" | "records";
}

/** Prints what each account used. */
export function usage(options: UsageOptions, command: Command): Promise<ExitCode> {
  return workWith(options, async (workplace) => {
    const { client, zone, messages, interruption } = workplace;
    const now = Date.now();
    const { summaries, accounts } = await client.usage({
      ...policyOf(options, workplace),
      from: readTime("--from", options.from, zone, now),
      to: readTime("--to", options.to, zone, now),
      by: options.by,
      source: options.source,
    });
    const named = options.account !== undefined;
    if (exitCodeOf(accounts, named) !== ExitCode.failed) await printAll(summaries, options, usageColumns, { zone, signal: interruption.signal });
    // A part of what is counted cannot be counted by itself and added: seats and rounded minutes belong to a period.
    return closeWith(accounts, { noun: "rows counted", zone, named, fetch: (account) => `count it again: ${commandFor(command, account, { from: options.from, to: options.to }, 1)}` }, messages);
  });
}
