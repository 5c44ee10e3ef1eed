import type { Command } from "commander";
import type { RecordStream } from "../../operations/records/record-stream.js";
import type { AccountReport } from "../../model/account-report.js";
import type { CallRecord, Direction } from "../../model/call-record.js";
import { AbortedError } from "../../model/errors.js";
import { ExitCode } from "../exit-code.js";
import { readFilters } from "../filters.js";
import type { OutputTarget } from "../output/output-target.js";
import { type FormatOptions, openPrinter } from "../output/format.js";
import { openDestination } from "../output/open-target.js";
import type { Printer } from "../output/printer.js";
import { recordColumns } from "../output/record-columns.js";
import { commandFor, sameCommand } from "../resume.js";
import { type Closing, closeWith } from "../terminal/closing-report.js";
import type { Messages } from "../terminal/messages.js";
import { oneLine } from "../terminal/one-line.js";
import { showProgress } from "../terminal/progress.js";
import { readRange } from "../times.js";
import { type AccountOptions, policyOf, workWith } from "../command-context.js";

export interface RecordsOptions extends AccountOptions, FormatOptions {
  from: string;
  to: string;
  direction?: Direction;
  number?: string;
  order?: "arrival" | "time";
  filter?: string[];
  limit?: number;
  raw?: boolean;
}

/** So many at once: as many as most vendors give on a page. */
const BATCH = 100;

/** Streams call records to standard output or a file. */
export function records(options: RecordsOptions, command: Command): Promise<ExitCode> {
  return workWith(options, async (context) => {
    const { client, providers, zone, messages, interruption } = context;
    const range = readRange(options, zone, Date.now());
    const printer = await openPrinter<CallRecord>(options, recordColumns, zone);
    const stream = client.records({
      ...policyOf(options, context),
      ...range,
      direction: options.direction,
      number: options.number,
      order: options.order,
      raw: options.raw ?? false,
      providerFilters: readFilters(options.filter ?? [], providers),
    });
    const target = await openDestination(options.out, interruption.signal);
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
    const closing: Closing = {
      noun: ["call", "calls"],
      zone,
      named: options.account !== undefined,
      fetch: (account, gap, number) => commandFor(command, account, gap, number),
    };
    if (ended === "interrupted") {
      await target.discard();
      tellHowToGoOn(accounts, target, closing, command, messages);
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
        : closeWhole(accounts, closing, messages);
    if (code === ExitCode.failed) await target.discard();
    else await target.finish();
    const written =
      target.path === null ? "" : code === ExitCode.failed ? "Nothing was written. " : `Written to ${target.path}. `;
    messages.say(`${written}Times and dates are those of ${zone.name}.`);
    return code;
  });
}

/** @param limit most calls to print. */
async function print(
  stream: RecordStream,
  printer: Printer<CallRecord>,
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

function closeWhole(accounts: readonly AccountReport[], closing: Closing, messages: Messages): ExitCode {
  const code = closeWith(accounts, closing, messages);
  // A gap is what is not proven whole: a vendor with several lists may have given one of them.
  const isFetchable = accounts.some(({ gaps }) => gaps.some(({ reason }) => reason !== "retention"));
  if (code === ExitCode.incomplete && isFetchable)
    messages.insist("Calls that are there already may come again with these: account and id tell which.");
  return code;
}

function closeLimited(
  accounts: readonly AccountReport[],
  limit: number,
  fetch: (account: string, number: number) => string,
  messages: Messages,
): ExitCode {
  messages.say(`Ended after ${limit} ${limit === 1 ? "call" : "calls"}, as --limit says: there may be more.`);
  const failed = accounts.flatMap(({ account, error }) => (error === undefined ? [] : [{ account, error }]));
  for (const [index, { account, error }] of failed.entries()) {
    messages.insist(
      `${oneLine(account)}: calls may be missing among these: ${oneLine(error.message)}\n  all of them: ${fetch(account, index + 1)}`,
    );
  }
  return failed.length === 0 ? ExitCode.whole : ExitCode.incomplete;
}

function tellHowToGoOn(
  accounts: readonly AccountReport[],
  { path }: OutputTarget,
  closing: Closing,
  command: Command,
  messages: Messages,
): void {
  if (path !== null) {
    messages.insist(`Stopped: ${path} was not written. To begin again: ${sameCommand(command)}`);
    return;
  }
  messages.insist("Stopped. What is missing can be fetched; the calls around it may come again:");
  closeWith(accounts, { ...closing, named: true }, messages);
}
