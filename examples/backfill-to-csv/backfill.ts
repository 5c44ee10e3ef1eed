import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type AccountCapabilities,
  type AccountReport,
  type CallRecordsClient,
  type GapReason,
  type Interval,
  month,
} from "call-records";
import { csvHeader, csvRows } from "./csv.js";
import { UnfinishedFile } from "./unfinished-file.js";

export interface BackfillOptions {
  folder: string;
  /** Such as `2026-10`, ascending, in the time zone. */
  months: readonly string[];
  timeZone: string;
  now: Date;
  signal?: AbortSignal;
  /** Takes a line about what has been done. */
  tell: (line: string) => void;
}

/** What is in no file, or not for sure, and why. */
export interface Missing {
  account: string;
  from: string;
  to: string;
  reason: string;
}

/** Of the other gaps the account's error tells. */
const REASONS: Partial<Record<GapReason, string>> = {
  retention: "the vendor no longer keeps it",
  unreadable: "a row could not be understood",
};

/**
 * One file for each account and month: `tencent-ccc-2026-10.csv` when all of it has been read and may no longer change, else
 * `tencent-ccc-2026-10.incomplete.csv`. Run again, it reads what has no whole file.
 * @throws what befalls the run itself, such as a full disk or the end of its signal. Of the vendors' failures the answer tells.
 */
export async function backfill(client: CallRecordsClient, options: BackfillOptions): Promise<Missing[]> {
  await mkdir(options.folder, { recursive: true });
  // Each account has a pace of its own: all of them at once. One that ends early leaves the others to theirs.
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
      // The vendor has less of this month by now: what there is would be written over by what is left.
      missing.push({ ...wholeMonth, reason: `${files.incomplete} holds what was kept when it was read, and stays` });
    } else {
      const report = await writeMonth(client, wholeMonth, files, options);
      missing.push(...missingFrom(report, wholeMonth));
      // Credentials that are refused once are refused for every month, and some vendors shut out who comes with them again and again.
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
  { signal, tell }: BackfillOptions,
): Promise<AccountReport> {
  const stream = client.records({
    from: month.from,
    to: month.to,
    accounts: [month.account],
    // The same calls make the same file, whichever page comes first.
    order: "time",
    raw: false,
    signal,
    // What cannot be read is to be told, and no reason to go without the rest.
    isolateFailures: true,
    beforeRetention: "clip",
    unreadableRows: "report",
  });
  const file = await UnfinishedFile.beside(files.whole);
  try {
    await file.write(csvHeader);
    let calls = 0;
    for await (const batch of stream.batches(1000)) {
      await file.write(csvRows(batch));
      calls += batch.length;
      if (calls % 10_000 === 0)
        tell(`${month.account}: ${calls} calls, up to ${batch.at(-1)?.startedAt.toISOString() ?? ""}`);
    }
    const [report] = stream.report().accounts;
    if (report === undefined) throw new TypeError("A report tells of each account that was asked for.");
    const isWhole = missingFrom(report, month).length === 0;
    if (calls === 0 && !isWhole) {
      await file.discard();
      return report;
    }
    const place = isWhole ? files.whole : files.incomplete;
    await file.finish(place);
    if (isWhole) await rm(files.incomplete, { force: true });
    tell(`${place}: ${calls} calls in ${report.requests} requests`);
    return report;
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** What is not in a month's file, or not for sure; nothing where it is whole, and may no longer change. */
export function missingFrom(
  { account, status, gaps, unsettled, error }: AccountReport,
  { from, to }: Interval,
): Missing[] {
  const missing = [
    ...gaps.map(({ from, to, reason }) => ({ account, from, to, reason: REASONS[reason] ?? error?.message ?? reason })),
    ...unsettled.map(({ from, to }) => ({ account, from, to, reason: "calls may still appear or change" })),
  ];
  // Where something failed, and no interval tells of it, nothing is sure.
  return missing.length > 0 || status === "complete"
    ? missing
    : [{ account, from, to, reason: error?.message ?? status }];
}
