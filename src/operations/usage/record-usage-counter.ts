import type { AccountReport } from "../../model/account-report.js";
import type { CallRecord } from "../../model/call-record.js";
import type { UsageSummary } from "../../model/usage-summary.js";
import { CallCount, hasEnded } from "./call-count.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import type { Span } from "../../engine/lists/intervals.js";
import type { Invocation } from "../invocation.js";
import { rowLimits } from "../../engine/lists/row-limits.js";
import { periodsOf } from "./periods.js";
import { planAccountRecords } from "../records/records.js";
import { isCovered, noMinutes, type UsageCounter, type UsageWanted } from "./usage-counter.js";

/** Counts usage from call records while they are read. */
export class RecordUsageCounter implements UsageCounter {
  private readonly periods: Span[];
  private readonly counts = new Map<string | null, CallCount[]>();
  private readonly records: ReturnType<typeof planAccountRecords>;
  private hasWarned = false;

  constructor(
    private readonly session: AccountSession,
    wanted: UsageWanted,
    invocation: Invocation,
  ) {
    const { provider } = session;
    this.periods = periodsOf(wanted.range, wanted.by, provider.timeZone);
    this.records = planAccountRecords(
      session,
      { range: wanted.range, direction: null, numbers: null, fields: null, filters: {}, order: "arrival", raw: false },
      invocation,
      rowLimits(1, false),
    );
  }

  private countsOf(application: string | null): CallCount[] {
    const known = this.counts.get(application) ?? this.periods.map(() => new CallCount());
    this.counts.set(application, known);
    return known;
  }

  async count(): Promise<void> {
    for await (const batch of this.records.read()) {
      this.records.progress.rows += batch.length;
      for (const record of batch) {
        if (hasEnded(record) || this.wasNeverClosed(record))
          this.countsOf(record.application)[this.periodAt(record.startedAt.getTime())]?.add(record);
      }
    }
  }

  /** Whether a call was answered so long ago that it has ended, although its record does not show it. Its length is unknown. */
  private wasNeverClosed({ id, startedAt, answeredAt }: CallRecord): boolean {
    const { clock, clean, provider } = this.session;
    const { longestCallSeconds, operations } = provider;
    if (answeredAt === null || startedAt.getTime() >= clock.now() - longestCallSeconds * 1000) return false;
    if (!this.hasWarned) {
      const operation = operations.records.name;
      const message = `${operation}: the row ${clean(id)} shows an answered call without an end and without a duration, which began longer ago than \`longestCallSeconds\` (${longestCallSeconds}). It is counted in \`answeredWithoutDuration\`, and its minutes are in no sum. If calls last that long, raise the option. Later rows of this kind are not reported again.`;
      this.session.warn(operation, message, { key: clean(id) });
    }
    this.hasWarned = true;
    return true;
  }

  /** Returns the index of the period that contains an instant, by binary search. */
  private periodAt(instant: number): number {
    let low = 0;
    let high = this.periods.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.periods[middle]?.from ?? 0) <= instant) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  summaries(): UsageSummary[] {
    const { id: provider, account } = this.session.provider;
    const report = this.report();
    // In the order of the lists, whichever had a call first.
    const applications = [...new Set([...this.records.applications(), ...this.counts.keys()])];
    return applications.flatMap((application) => {
      const counts = this.countsOf(application);
      return this.periods.map((period, index) => {
        const count = counts[index] ?? new CallCount();
        return {
          provider,
          account,
          application,
          from: new Date(period.from),
          to: new Date(period.to),
          source: "records" as const,
          calls: count.calls(),
          minutes: { ...noMinutes, ...count.minutes() },
          talkSeconds: count.talkSeconds(),
          answeredWithoutDuration: count.answeredWithoutDuration,
          seats: null,
          complete: isCovered(report, period),
          raw: [],
        };
      });
    });
  }

  report(): AccountReport {
    return this.records.progress.report();
  }
}
