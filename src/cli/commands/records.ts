import type { Command } from "commander";
import { isReformatted, readPhoneText } from "../../contract/phone-text.js";
import type { RecordStream } from "../../operations/records/record-stream.js";
import type { Order } from "../../operations/records/records-arguments.js";
import type { AccountReport } from "../../model/account-report.js";
import { z } from "zod";
import { type CallRecord, type Direction, type Outcome, outcomes } from "../../model/call-record.js";
import { AbortedError } from "../../model/errors.js";
import { ExitCode, UsageError } from "../exit-code.js";
import { readFilters } from "../filters.js";
import { callMask, changingPrinter, type KeyOptions } from "../mask-key.js";
import type { OutputTarget } from "../output/file-target.js";
import { type FormatOptions, isParquet, openPrinter } from "../output/format.js";
import { openTarget } from "../output/open-target.js";
import { openParquetPrinter } from "../output/parquet.js";
import type { Printer } from "../output/columns.js";
import { recordColumns } from "../output/call-tables.js";
import { commandFor, repeatCommand } from "../resume.js";
import { isFetchable, printReport, type ReportSettings } from "../terminal/report.js";
import type { Messages } from "../terminal/messages.js";
import { messageOf } from "../terminal/option-names.js";
import { oneLine } from "../terminal/sanitize.js";
import { showProgress } from "../terminal/progress.js";
import { type RangeOptions, readRange } from "../times.js";
import { type AccountOptions, commonArguments, runWithAccounts } from "../command-context.js";

export interface RecordsOptions extends AccountOptions, FormatOptions, RangeOptions, KeyOptions {
  direction?: Direction;
  number?: string[];
  outcome?: string[];
  agent?: string[];
  queue?: string[];
  minTalk?: number;
  order?: Order;
  filter?: string[];
  limit?: number;
  raw?: boolean;
}

const splitCommas = (text: string) => text.split(",").map((part) => part.trim());

/** @throws UsageError if a text is not an outcome. */
function readOutcomes(texts: readonly string[]): Outcome[] {
  const read = z.array(z.enum(outcomes)).safeParse(texts.flatMap(splitCommas));
  if (read.success) return read.data;
  throw new UsageError(`--outcome must be one of ${outcomes.join(", ")}.`);
}

/** @throws UsageError if a text is not a telephone number. */
function readNumbers(texts: readonly string[]): string[] {
  const numbers = texts.flatMap(splitCommas);
  const wrong = numbers.find((number) => readPhoneText(number) === null);
  if (wrong === undefined) return numbers;
  const cause = isReformatted(wrong)
    ? " A spreadsheet or another program has reformatted it, so that digits may be missing. Format its column as text."
    : "";
  throw new UsageError(
    `--number must be telephone numbers separated by commas, such as +8613800138000, not "${wrong}".${cause}`,
  );
}

/** The page size of most vendors. */
const BATCH = 100;

/** Streams call records to standard output or a file. */
export function records(options: RecordsOptions, command: Command): Promise<ExitCode> {
  return runWithAccounts(options, async (context) => {
    const { client, providers, zone, zoneDescription, messages, interruption } = context;
    const range = readRange(options, zone, Date.now());
    const mask = callMask(options);
    const printer: Printer<CallRecord, string | Uint8Array> = isParquet(options)
      ? changingPrinter(await openParquetPrinter(options), mask)
      : changingPrinter(await openPrinter(options, recordColumns, zone), mask);
    const stream = client.records({
      ...commonArguments(options, context),
      ...range,
      direction: options.direction,
      number: options.number && readNumbers(options.number),
      outcome: options.outcome && readOutcomes(options.outcome),
      agent: options.agent,
      queue: options.queue,
      minTalkSeconds: options.minTalk,
      order: options.order ?? (options.limit === undefined ? undefined : "newest"),
      raw: options.raw ?? false,
      providerFilters: readFilters(options.filter ?? [], providers),
    });
    const target = await openTarget(options.out, interruption.signal);
    const progress = await showProgress(messages, options.out, () => stream.report());
    let ended: "whole" | "limited" | "interrupted";
    try {
      ended = await print(stream, printer, target, options.limit ?? Number.POSITIVE_INFINITY);
    } catch (error) {
      if (!(error instanceof AbortedError) && !interruption.signal.aborted) {
        await target.discard();
        throw error;
      }
      ended = "interrupted";
    } finally {
      progress.stop();
    }
    const { accounts } = stream.report();
    const settings: ReportSettings = {
      noun: ["call", "calls"],
      zone,
      named: options.account !== undefined,
      fetch: (account, gap, number) => commandFor(command, account, gap, number),
    };
    if (ended === "interrupted") {
      await target.discard();
      reportInterruption(accounts, target, settings, command, messages);
      return interruption.exitCode() ?? ExitCode.interrupted;
    }
    const code =
      ended === "limited"
        ? closeLimited(
            accounts,
            options.limit ?? 0,
            (account, number) =>
              commandFor(command, account, { from: range.from.toISOString(), to: range.to.toISOString() }, number),
            messages,
          )
        : closeWhole(accounts, settings, messages);
    if (code === ExitCode.failed) await target.discard();
    else await target.finish();
    const written =
      target.path === null ? "" : code === ExitCode.failed ? "Nothing was written. " : `Written to ${target.path}. `;
    messages.info(`${written}${zoneDescription}`);
    if (printer.note !== undefined) messages.info(printer.note);
    return code;
  });
}

/** Prints at most `limit` calls. */
async function print(
  stream: RecordStream,
  printer: Printer<CallRecord, string | Uint8Array>,
  target: OutputTarget,
  limit: number,
): Promise<"whole" | "limited"> {
  let left = limit;
  await target.write(printer.begin());
  for await (const batch of stream.batches(Math.min(BATCH, left))) {
    await target.write(printer.rows(batch.slice(0, left)));
    left -= batch.length;
    if (left <= 0) break;
  }
  await target.write(printer.end());
  return left > 0 ? "whole" : "limited";
}

function closeWhole(accounts: readonly AccountReport[], settings: ReportSettings, messages: Messages): ExitCode {
  const code = printReport(accounts, settings, messages);
  // A gap is not verified complete, but may contain calls: a vendor with several lists may have returned one of them.
  if (code === ExitCode.incomplete && accounts.some(({ gaps }) => gaps.some(isFetchable)))
    messages.notice("These commands may repeat calls that were already printed: compare account, application and id.");
  return code;
}

function closeLimited(
  accounts: readonly AccountReport[],
  limit: number,
  fetch: (account: string, number: number) => string,
  messages: Messages,
): ExitCode {
  messages.info(`Stopped after ${limit} ${limit === 1 ? "call" : "calls"} (--limit). There may be more.`);
  const failed = accounts.flatMap(({ account, error }) => (error === undefined ? [] : [{ account, error }]));
  for (const [index, { account, error }] of failed.entries()) {
    messages.notice(
      `${oneLine(account)}: calls may be missing: ${messageOf(error.message)}\n  To read all calls: ${fetch(account, index + 1)}`,
    );
  }
  return failed.length === 0 ? ExitCode.complete : ExitCode.incomplete;
}

function reportInterruption(
  accounts: readonly AccountReport[],
  { path }: OutputTarget,
  settings: ReportSettings,
  command: Command,
  messages: Messages,
): void {
  if (path !== null) {
    messages.notice(`Stopped. ${path} was not written. To start again: ${repeatCommand(command)}`);
    return;
  }
  messages.notice("Stopped. These commands fetch what is missing, and may repeat some calls:");
  printReport(accounts, { ...settings, named: true }, messages);
}
