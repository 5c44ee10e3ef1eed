import type { Command } from "commander";
import type { CallRecord, Direction } from "../../model/call-record.js";
import { AbortedError } from "../../model/errors.js";
import { ExitCode } from "../exit-code.js";
import { readFilters } from "../filters.js";
import { openDestination } from "../output/destination.js";
import { type FormatOptions, openPrinter } from "../output/format.js";
import { recordColumns } from "../output/record-columns.js";
import { commandFor, sameCommand } from "../resume.js";
import { closeWith } from "../terminal/closing-report.js";
import { showProgress } from "../terminal/progress.js";
import { readTime } from "../times.js";
import { type AccountOptions, policyOf, workWith } from "../workplace.js";

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
  return workWith(options, async (workplace) => {
    const { client, providers, zone, messages, interruption } = workplace;
    const now = Date.now();
    const printer = await openPrinter<CallRecord>(options, recordColumns, zone);
    const stream = client.records({
      ...policyOf(options, workplace),
      from: readTime("--from", options.from, zone, now),
      to: readTime("--to", options.to, zone, now),
      direction: options.direction,
      number: options.number,
      order: options.order,
      raw: options.raw ?? false,
      providerFilters: readFilters(options.filter ?? [], providers),
    });
    const destination = await openDestination(options.out, interruption.signal);
    const progress = await showProgress(messages, options.out, () => stream.report());
    let left = options.limit ?? Number.POSITIVE_INFINITY;
    let interrupted = false;
    try {
      await destination.write(printer.begin());
      for await (const batch of stream.batches(Math.min(BATCH, left))) {
        await destination.write(printer.rows(batch.slice(0, left)));
        left -= batch.length;
        if (left <= 0) break;
      }
      await destination.write(printer.end());
    } catch (error) {
      if (!(error instanceof AbortedError) && !interruption.signal.aborted) {
        await destination.discard();
        throw error;
      }
      interrupted = true;
    } finally {
      progress.stop();
    }

    const isWhole = left > 0;
    const accounts = stream.report().accounts;
    if (interrupted) {
      await destination.discard();
      messages.insist(destination.path === null ? "Stopped. What is missing can be fetched; the calls around it may come again:" : `Stopped: ${destination.path} was not written. To begin again: ${sameCommand(command)}`);
      if (destination.path === null) closeWith(accounts, { noun: ["call", "calls"], zone, named: true, fetch: (account, gap, number) => commandFor(command, account, gap, number) }, messages);
      return interruption.exitCode() ?? ExitCode.interrupted;
    }
    if (!isWhole) {
      await destination.finish();
      messages.say(`Ended after ${options.limit ?? 0} calls, as --limit says: there may be more.`);
      const failed = accounts.filter(({ error }) => error !== undefined);
      for (const { account, error } of failed) messages.insist(`${account} failed, its calls may be missing among these: ${error?.message ?? ""}`);
      return failed.length === 0 ? ExitCode.whole : ExitCode.incomplete;
    }
    const code = closeWith(
      accounts,
      { noun: ["call", "calls"], zone, named: options.account !== undefined, fetch: (account, gap, number) => commandFor(command, account, gap, number) },
      messages,
    );
    // A gap is what is not proven whole: a vendor with several lists may have given one of them.
    const isFetchable = accounts.some(({ gaps }) => gaps.some(({ reason }) => reason !== "retention"));
    if (code === ExitCode.incomplete && isFetchable) messages.insist("Calls that are there already may come again with these: account and id tell which.");
    if (code === ExitCode.failed) await destination.discard();
    else await destination.finish();
    messages.say(`${destination.path === null ? "" : code === ExitCode.failed ? "Nothing was written. " : `Written to ${destination.path}. `}Times and dates are those of ${zone.name}.`);
    return code;
  });
}
