import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import type { Zone } from "../contract/zone.js";
import { AbortedError, CallRecordsError } from "../model/errors.js";
import type { AccountReport } from "../model/account-report.js";
import type { AccountOptions, CommandContext } from "./command-context.js";
import type { FormatOptions } from "./output/format.js";
import type { KeyOptions } from "./mask-key.js";
import { ExitCode } from "./exit-code.js";
import { repeatCommand } from "./resume.js";
import { messageOf } from "./terminal/option-names.js";
import { isFetchable, printReport } from "./terminal/report.js";
import { readDelayMs, readInterval, readRange } from "./times.js";

/** The options of the command `sync`. */
export interface SyncOptions extends AccountOptions, FormatOptions, KeyOptions {
  state?: string;
  into?: string;
  from: string;
  to?: string;
  every?: string;
  abandon?: string[];
  raw?: boolean;
}

/** Returns the range of each pass, and the interval between two passes; null for a single pass. @throws UsageError for invalid options. */
export function readPasses(options: SyncOptions, zone: Zone) {
  const everyMs = options.every === undefined ? null : readDelayMs("--every", options.every);
  const { from, to } = readRange(options, zone, Date.now());
  const abandon = (options.abandon ?? []).map((text) => readInterval("--abandon", text, zone, Date.now()));
  return { everyMs, range: { from, to: options.to === undefined ? undefined : to, abandon } };
}

/**
 * Runs a pass once, or again after each interval, until the command is interrupted.
 * @param everyMs the interval; null to run it once.
 * @param onFirst is called after the first pass.
 */
export async function repeatPasses(
  everyMs: number | null,
  pass: () => Promise<ExitCode>,
  onFirst: () => void,
  { interruption, messages }: CommandContext,
): Promise<ExitCode> {
  let code = await pass();
  onFirst();
  while (everyMs !== null && interruption.exitCode() === null) {
    const began = performance.now();
    await sleep(everyMs, undefined, { signal: interruption.signal }).catch(() => undefined);
    if (interruption.exitCode() !== null) break;
    messages.info(`Next pass after ${Math.round((performance.now() - began) / 1000)} s.`);
    code = await pass();
  }
  return code;
}

/**
 * Returns the exit code of a pass that failed. With `--every`, the failure is printed, and the next pass tries again.
 * @param mayRetry whether a further pass may succeed.
 * @throws the error, if no further pass follows or may succeed.
 */
export function failedPass(
  error: unknown,
  everyMs: number | null,
  mayRetry: (error: CallRecordsError) => boolean,
  { messages, interruption }: CommandContext,
): ExitCode {
  if (interruption.exitCode() !== null) return ExitCode.interrupted;
  const isRetried = error instanceof CallRecordsError && !(error instanceof AbortedError) && mayRetry(error);
  if (everyMs === null || !isRetried) throw error;
  messages.warn(messageOf(error.message));
  return ExitCode.failed;
}

/** Prints the reports of the accounts after a pass. */
export function reportPass(
  accounts: AccountReport[],
  isNamed: boolean,
  command: Command,
  { zone, messages }: CommandContext,
): ExitCode {
  const code = printReport(accounts, { noun: ["change", "changes"], zone, named: isNamed, fetch: null }, messages);
  // Gaps beyond the vendor's retention and abandoned intervals are not requested again.
  const hasFetchableGap = accounts.some(({ gaps }) => gaps.some(isFetchable));
  if (hasFetchableGap) messages.notice(`The next sync requests what is missing: ${repeatCommand(command)}`);
  return code;
}
