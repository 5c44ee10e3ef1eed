import type { AccountReport } from "../../model/account-report.js";
import type { CallRecord } from "../../model/call-record.js";
import { callMetrics } from "../../metrics/index.js";
import { openConfiguration } from "../command-context.js";
import { type ExitCode, UsageError } from "../exit-code.js";
import { interruptible, listenForInterruption } from "../interruption.js";
import { callMask } from "../mask-key.js";
import type { ReportContent } from "../output/report-printer.js";
import { storedReport } from "../stored-report.js";
import { showProgress } from "../terminal/progress.js";
import { printReport } from "../terminal/report.js";
import { readRange } from "../times.js";
import { metricsOptions, type ReportOptions, writeReport } from "../write-report.js";

const OPTION = "--from-database";
const HOUR_MS = 3_600_000;

/** Writes the metrics of the calls in a database of `sync --into`, and the proof by its checkpoints. Sends no request, and needs no configured account. */
export async function reportFromDatabase(options: ReportOptions & { fromDatabase: string }): Promise<ExitCode> {
  const { messages, zone, zoneDescription } = await openConfiguration(options);
  const mask = callMask(options);
  const now = Date.now();
  const { from, to } = readRange(options, zone, now);
  const range = { from: from.getTime(), to: to.getTime() };
  const interruption = listenForInterruption();
  return interruptible(interruption, async () => {
    const { openSource } = await import("../databases/index.js");
    const { source, name, close } = await openSource(OPTION, options.fromDatabase, process.env);
    try {
      // Read before the calls: what is complete by these checkpoints stays complete, also if a sync writes meanwhile.
      const stored = selectAccounts(await source.accounts(), options.account, name);
      const counts = stored.map((account) => ({ account, rows: 0, hours: 0, isDone: false }));
      const readCalls = async function* (): AsyncGenerator<CallRecord> {
        for (const count of counts) {
          for await (const call of source.calls(count.account.account, { from, to })) {
            interruption.signal.throwIfAborted();
            count.rows += 1;
            count.hours = Math.floor((call.startedAt.getTime() - range.from) / HOUR_MS);
            yield mask(call);
          }
          count.isDone = true;
        }
      };
      const hours = Math.ceil((range.to - range.from) / HOUR_MS);
      const progressOf = () => ({
        accounts: counts.map(({ rows, hours: done, isDone }) => {
          const windows = isDone ? hours : done;
          return {
            status: isDone ? ("complete" as const) : ("partial" as const),
            rows,
            windows,
            windowsLeft: hours - windows,
          };
        }),
      });
      const reports = (): AccountReport[] => counts.map(({ account, rows }) => storedReport(account, range, now, rows));
      const read = async (): Promise<ReportContent> => {
        const progress = await showProgress(messages, options.out ?? "-", progressOf);
        try {
          const settings = metricsOptions(options, zone.name);
          const metrics = await callMetrics(readCalls(), { ...settings, report: () => ({ accounts: reports() }) });
          return { metrics, usage: null };
        } finally {
          progress.stop();
        }
      };
      await writeReport(read, options, interruption.signal, messages);
      const code = printReport(
        reports(),
        { noun: ["call", "calls"], zone, named: options.account !== undefined, fetch: null },
        messages,
      );
      messages.info(`Read from ${name}, without a request to the vendors. ${zoneDescription}`);
      return code;
    } finally {
      await close();
    }
  });
}

/** @throws UsageError if a requested account, or any account, is not in the database. */
function selectAccounts<Account extends { account: string }>(
  accounts: readonly Account[],
  labels: readonly string[] | undefined,
  name: string,
): readonly Account[] {
  if (accounts.length === 0)
    throw new UsageError(`${OPTION}: ${name} contains no account. \`call-records sync --into\` copies the calls.`);
  if (labels === undefined) return accounts;
  return [...new Set(labels)].map((label) => {
    const found = accounts.find(({ account }) => account === label);
    if (found !== undefined) return found;
    const known = accounts.map(({ account }) => account).join(", ");
    throw new UsageError(`--account: ${name} contains no account "${label}". The accounts are ${known}.`);
  });
}
