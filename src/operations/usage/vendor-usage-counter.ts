import type { ListOperation, Partition, UsageReading } from "../../contract/provider.js";
import type { AccountReport } from "../../model/account-report.js";
import type { UsageSummary } from "../../model/usage-summary.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import type { Span } from "../../engine/lists/intervals.js";
import { gridOf } from "../../engine/lists/list-limits.js";
import { planPeriods } from "../../engine/lists/list-plan.js";
import { Progress } from "../../engine/lists/progress.js";
import { type RunPolicy, UNLIMITED_RUN } from "../../engine/lists/run-policy.js";
import type { Invocation } from "../invocation.js";
import { periodsOf } from "./periods.js";
import { inArrivalOrder, openSource, type Source } from "../../engine/lists/list-source.js";
import { isCovered, type UsageCounter, type UsageWanted } from "./usage-counter.js";
import { addMinutes, type LeftOut, type WindowReading } from "./vendor-minutes.js";

/** Adds up the vendor's own count over the windows of each period. */
export class VendorUsageCounter implements UsageCounter {
  private readonly source: Source<UsageReading>;
  private readonly periods: Span[];
  private readonly readings: (WindowReading & { raw: unknown; partition: Partition })[] = [];

  constructor(
    private readonly session: AccountSession,
    private readonly operation: ListOperation<UsageReading>,
    wanted: UsageWanted,
    private readonly invocation: Invocation,
  ) {
    const { provider } = session;
    const grid = gridOf(operation, provider);
    // The vendor counts in whole units. The range is widened to them, and each summary states the range that it covers.
    const range = { from: grid.floor(wanted.range.from), to: grid.ceil(wanted.range.to) };
    this.periods = periodsOf(range, wanted.by, provider.timeZone);
    this.source = openSource(
      session,
      (now) => planPeriods(provider, operation, this.periods, now),
      new Progress(provider, invocation.id),
    );
  }

  async count(): Promise<void> {
    const { isolateFailures, unreadableRows } = this.invocation.policy;
    const policy: RunPolicy = {
      ...UNLIMITED_RUN,
      isolateFailures,
      unreadableRows,
      repeatedKeys: "unrelated",
      splitsUnverified: false,
    };
    const batches = this.invocation.account(this.session, this.source.progress, (abort) =>
      inArrivalOrder(this.source, policy, abort, (reading, raw, { window, partition }) => {
        return window.span === null ? null : { reading, raw, partition, window: window.span };
      }),
    );
    for await (const batch of batches) {
      // One at a time: spread into the arguments of one call, the rows of a very large page exceed the stack.
      for (const reading of batch) this.readings.push(reading);
      this.source.progress.rows += batch.length;
    }
    for (const partition of this.source.plan.partitions) {
      for (const period of this.periods) {
        for (const leftOut of addMinutes(this.readingsOf(partition, period)).leftOut) this.warn(partition, leftOut);
      }
    }
  }

  private readingsOf(partition: Partition, period: Span) {
    return this.readings
      .filter(
        (entry) => entry.partition === partition && period.from <= entry.window.from && entry.window.to <= period.to,
      )
      .sort((a, b) => a.window.from - b.window.from);
  }

  private warn({ application }: Partition, { figure, window }: LeftOut): void {
    const { name: operation } = this.operation;
    const field = `minutes.${figure}`;
    const span = `${new Date(window.from).toISOString()} to ${new Date(window.to).toISOString()}`;
    const message = `${operation}: the vendor's count of ${span}${application === null ? "" : ` for the application ${application}`} leaves out \`${field}\`, which its count of another window of the period tells. The sum is not known: it is null, and the summary is not complete. Ask for the period in parts, or with \`source: "records"\`.`;
    this.session.warn(operation, message, { field });
  }

  summaries(): UsageSummary[] {
    const { id: provider, account } = this.session.provider;
    const report = this.report();
    return this.source.plan.partitions.flatMap((partition) =>
      this.periods.map((period) => {
        const own = this.readingsOf(partition, period);
        const { minutes, leftOut } = addMinutes(own);
        const [only, second] = own;
        return {
          provider,
          account,
          application: partition.application,
          from: new Date(period.from),
          to: new Date(period.to),
          source: "vendor" as const,
          calls: null,
          minutes,
          talkSeconds: null,
          answeredWithoutDuration: null,
          seats: only !== undefined && second === undefined ? only.reading.seats : null,
          complete: leftOut.length === 0 && isCovered(report, period),
          raw: own.map(({ raw }) => raw),
        };
      }),
    );
  }

  report(): AccountReport {
    return this.source.progress.report();
  }
}
