import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type AccountCapabilities,
  type AccountReport,
  type CallColumnName,
  type CallRecordsClient,
  type GapReason,
  type Interval,
  month,
  toCsv,
} from "call-records";
import { UnfinishedFile } from "./unfinished-file.js";

/** The columns of the files. Remove those that you do not need: remarks and numbers are personal data. */
const COLUMNS: readonly CallColumnName[] = [
  "account",
  "id",
  "application",
  "direction",
  "kind",
  "state",
  "outcome",
  "startedAt",
  "answeredAt",
  "endedAt",
  "talkSeconds",
  "caller.number",
  "callee.number",
  "agent.name",
  "hangup.by",
  "hangup.code",
  "tags",
  "remark",
];

export interface BackfillOptions {
  folder: string;
  /** Months such as `2026-10`, ascending, in the time zone. */
  months: readonly string[];
  timeZone: string;
  now: Date;
  signal?: AbortSignal;
  /** Receives lines about the progress. */
  log: (line: string) => void;
}

/** A range that is missing or unverified, and the reason. */
export interface Missing {
  account: string;
  from: string;
  to: string;
  reason: string;
}

/** The reasons of gaps without an error of the account. */
const REASONS: Partial<Record<GapReason, string>> = {
  retention: "older than the vendor's retention",
  unreadable: "a row could not be parsed",
};

/**
 * Writes one file for each account and month: `tencent-ccc-2026-10.csv` if the month is complete and settled, else `tencent-ccc-2026-10.incomplete.csv`. The
 * next run reads the months without a complete file.
 * @returns what is missing, including the failures of vendors.
 * @throws the errors of the run itself, such as a full disk or an aborted signal.
 */
export async function backfill(client: CallRecordsClient, options: BackfillOptions): Promise<Missing[]> {
  await mkdir(options.folder, { recursive: true });
  // Accounts have separate rate limits, so they are read in parallel. A failure of one does not stop the others.
  const accounts = await Promise.allSettled(
    client.capabilities().map((account) => backfillAccount(client, account, options)),
  );
  return accounts.flatMap((account) => {
    if (account.status === "rejected") throw account.reason;
    return account.value;
  });
}

async function backfillAccount(
  client: CallRecordsClient,
  { account, records }: AccountCapabilities,
  options: BackfillOptions,
): Promise<Missing[]> {
  const keptSince =
    records.retentionSeconds === null ? null : new Date(options.now.getTime() - records.retentionSeconds * 1000);
  const missing: Missing[] = [];
  let refusal: string | null = null;
  for (const name of options.months) {
    const { from, to } = month(name, options.timeZone);
    const stem = join(options.folder, `${encodeURIComponent(account)}-${name}`);
    const files = { whole: `${stem}.csv`, incomplete: `${stem}.incomplete.csv` };
    if (existsSync(files.whole)) continue;
    const wholeMonth = { account, from: from.toISOString(), to: to.toISOString() };
    if (refusal !== null) {
      missing.push({ ...wholeMonth, reason: refusal });
    } else if (keptSince !== null && from < keptSince && existsSync(files.incomplete)) {
      // The vendor has deleted a part of this month since, so a new file would contain fewer calls.
      missing.push({
        ...wholeMonth,
        reason: `${files.incomplete} contains the calls that the vendor still kept then, and stays`,
      });
    } else {
      const report = await writeMonth(client, wholeMonth, files, options);
      missing.push(...missingFrom(report, wholeMonth));
      // Refused credentials are refused for every month, and some vendors lock an account after repeated attempts.
      if (report.error?.code === "authentication" || report.error?.code === "permission")
        refusal = report.error.message;
    }
  }
  return missing;
}

async function writeMonth(
  client: CallRecordsClient,
  month: Interval & { account: string },
  files: { whole: string; incomplete: string },
  { signal, log }: BackfillOptions,
): Promise<AccountReport> {
  const stream = client.records({
    from: month.from,
    to: month.to,
    accounts: [month.account],
    // Ordered by time, so that the same calls result in the same file.
    order: "time",
    raw: false,
    signal,
    // Unreadable rows are reported, and do not stop the others.
    isolateFailures: true,
    beforeRetention: "clip",
    unreadableRows: "report",
  });
  const file = await UnfinishedFile.beside(files.whole);
  let calls = 0;
  const counted = async function* () {
    for await (const call of stream) {
      calls += 1;
      if (calls % 10_000 === 0) log(`${month.account}: ${calls} calls, up to ${call.startedAt.toISOString()}`);
      yield call;
    }
  };
  try {
    for await (const text of toCsv(counted(), { columns: COLUMNS })) await file.write(String(text));
    const [report] = stream.report().accounts;
    if (report === undefined) throw new TypeError(`The report does not contain ${month.account}.`);
    const isWhole = missingFrom(report, month).length === 0;
    if (calls === 0 && !isWhole) {
      await file.discard();
      return report;
    }
    const path = isWhole ? files.whole : files.incomplete;
    await file.finish(path);
    if (isWhole) await rm(files.incomplete, { force: true });
    log(`${path}: ${calls} calls in ${report.requests} requests`);
    return report;
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** Returns the missing and unverified ranges of a month; empty if it is complete and settled. */
export function missingFrom(
  { account, status, gaps, unsettled, error }: AccountReport,
  { from, to }: Interval,
): Missing[] {
  const missing = [
    ...gaps.map(({ from, to, reason }) => ({ account, from, to, reason: REASONS[reason] ?? error?.message ?? reason })),
    ...unsettled.map(({ from, to }) => ({ account, from, to, reason: "calls may still be added or change" })),
  ];
  // After a failure without a reported range, the whole month is unverified.
  return missing.length > 0 || status === "complete"
    ? missing
    : [{ account, from, to, reason: error?.message ?? status }];
}
