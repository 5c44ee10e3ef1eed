import { ConfigurationError } from "../../model/errors.js";
import { requireLabels } from "../accounts.js";
import type { ConfiguredAccount } from "../configured-account.js";
import { type Check, checkColumns } from "../doctor/check-account.js";
import { checkAccount } from "../doctor/check-account.js";
import { checkApplications } from "../doctor/check-applications.js";
import { captureFileFor } from "../doctor/capture-file.js";
import { probeAccount } from "../doctor/probe-account.js";
import { ExitCode } from "../exit-code.js";
import { interruptible, listenForInterruption } from "../interruption.js";
import { type FormatOptions, formatOf } from "../output/format.js";
import { printAll } from "../output/print-all.js";
import { oneLine } from "../terminal/sanitize.js";
import { UsageError } from "../exit-code.js";
import { type AccountOptions, openConfiguration, describeSource } from "../command-context.js";

export interface DoctorOptions extends AccountOptions, FormatOptions {
  probe?: boolean;
  /** The file for the masked requests and responses. */
  capture?: string | undefined;
}

/** Checks each account, and prints advice for each failure. */
export async function doctor(options: DoctorOptions): Promise<ExitCode> {
  const { messages, zone, accounts } = await openConfiguration(options);
  const interruption = listenForInterruption();
  const selected = choose(accounts.accounts, options.account);
  if (selected.length === 0)
    throw new UsageError("No account is configured. Run call-records providers to see which variables are missing.");
  const capture = options.capture === undefined ? null : await captureFileFor(options.capture, accounts.file);
  return interruptible(interruption, async () => {
    const { signal } = interruption;
    let checks: Check[] = [];
    const look = async () => {
      const checked = selected.map((account) => checkConfigured(account, options.probe ?? false, signal));
      checks = (await Promise.all(checked)).flat();
      const opened = selected.flatMap(({ opened }) => (opened instanceof ConfigurationError ? [] : opened));
      if (capture !== null) checks.push(...(await capture.write(opened, signal)));
      return checks;
    };
    await printAll(look, options, checkColumns, { zone, messages, signal });
    messages.info(describeSource(accounts));
    if (capture !== null) messages.info(capture.description);
    // The advice is too long for a table.
    if (formatOf(options) === "table")
      for (const { account, check, advice } of checks)
        if (advice !== null) messages.notice(oneLine(`${account}, ${check}: ${advice}`));
    return codeAfter(selected, checks);
  });
}

/** Returns the accounts with these labels; default all. @throws UsageError if one does not exist. */
function choose(accounts: readonly ConfiguredAccount[], labels: readonly string[] | undefined): ConfiguredAccount[] {
  requireLabels(accounts, labels);
  return accounts.filter(({ account }) => labels?.includes(account) ?? true);
}

async function checkConfigured(
  { account, opened }: ConfiguredAccount,
  probe: boolean,
  signal: AbortSignal,
): Promise<Check[]> {
  if (opened instanceof ConfigurationError) {
    return [
      {
        account,
        check: "configuration",
        status: "failed",
        detail: opened.message,
        advice: "Correct the named setting, or run call-records providers for a list of all variables.",
      },
    ];
  }
  const checks = await checkAccount(opened, signal);
  const works = checks.every(({ status }) => status !== "failed");
  if (works) checks.push(...(await checkApplications(opened, signal)));
  return probe && works ? [...checks, ...(await probeAccount(opened, signal))] : checks;
}

function codeAfter(selected: readonly ConfiguredAccount[], checks: readonly Check[]): ExitCode {
  const failed = new Set(checks.filter(({ status }) => status === "failed").map(({ account }) => account));
  if (failed.size === 0) return ExitCode.complete;
  return failed.size === selected.length ? ExitCode.failed : ExitCode.incomplete;
}
