import type { AccountReport } from "../model/account-report.js";
import type { CallRecord } from "../model/call-record.js";
import { UnsupportedError } from "../model/errors.js";
import type { UsageMinutes, UsageSummary } from "../model/usage-summary.js";
import type { ListOperation, Partition, UsageReading } from "../contract/provider.js";
import type { AccountSession } from "./account-session.js";
import type { Call } from "./call.js";
import { Coverage } from "./coverage.js";
import { Intervals, type Span } from "./intervals.js";
import { gridOf, planPeriods } from "./list-plan.js";
import { type UsagePeriod, periodsOf } from "./periods.js";
import { Progress } from "./progress.js";
import { inArrivalOrder, type Source } from "./record-source.js";
import { planAccountRecords } from "./records.js";

/** What usage is wanted. */
export interface UsageWanted {
  range: Span;
  by: UsagePeriod;
  source: "auto" | "vendor" | "records";
}

/** The usage of several accounts, each from the vendor's own count where it has one and that is wanted, else from its records. */
export async function readUsage(sessions: readonly AccountSession[], wanted: UsageWanted, call: Call): Promise<{ summaries: UsageSummary[]; accounts: AccountReport[] }> {
  const tallies = sessions.map((session) => tallyOf(session, wanted, call));
  call.begin();
  await call.together(tallies.map((tally) => () => tally.count()));
  return { summaries: tallies.flatMap((tally) => tally.summaries()), accounts: tallies.map((tally) => tally.report()) };
}

/** Why an account has no count of the vendor's own. */
export function usageUnsupported({ provider: { id, account } }: AccountSession): UnsupportedError {
  return new UnsupportedError(`${account}: this vendor has no count of its own. Pass \`source: "records"\` to count its records.`, {
    provider: id,
    account,
    operation: "usage",
  });
}

function tallyOf(session: AccountSession, wanted: UsageWanted, call: Call): Tally {
  const { usage } = session.provider.operations;
  if (wanted.source === "records" || (wanted.source === "auto" && usage === undefined)) return new RecordTally(session, wanted, call);
  return usage === undefined ? new NoTally(session) : new VendorTally(session, usage, wanted, call);
}

/** Counts one account. */
interface Tally {
  count(): Promise<void>;
  summaries(): UsageSummary[];
  report(): AccountReport;
}

const noMinutes: UsageMinutes = { outbound: null, inbound: null, voip: null, asrOffline: null, asrRealtime: null };

/** An account that cannot do what was asked of all accounts. */
class NoTally implements Tally {
  private readonly progress: Progress;

  constructor(session: AccountSession) {
    this.progress = new Progress(session.provider, null);
    this.progress.unsupported(usageUnsupported(session));
  }

  count(): Promise<void> {
    return Promise.resolve();
  }

  summaries(): UsageSummary[] {
    return [];
  }

  report(): AccountReport {
    return this.progress.report();
  }
}

/** The vendor's own count, window by window, added up over each period. */
class VendorTally implements Tally {
  private readonly source: Source<UsageReading>;
  private readonly periods: Span[];
  private readonly readings: { reading: UsageReading; raw: unknown; partition: Partition; window: Span }[] = [];

  constructor(
    private readonly session: AccountSession,
    operation: ListOperation<UsageReading>,
    wanted: UsageWanted,
    private readonly call: Call,
  ) {
    const { provider } = session;
    const grid = gridOf(operation, provider);
    // The vendor counts in whole units: the range is widened to them, and the summaries say what they cover.
    const range = { from: grid.floor(wanted.range.from), to: grid.ceil(wanted.range.to) };
    this.periods = periodsOf(range, wanted.by, provider.timeZone);
    const plan = planPeriods(provider, operation, this.periods, session.now());
    const coverage = plan.coverage === null ? null : new Coverage(plan.coverage);
    this.source = { session, plan, coverage, progress: new Progress(provider, coverage) };
  }

  async count(): Promise<void> {
    const { isolateFailures, unreadableRows } = this.call.policy;
    const policy = { isolateFailures, unreadableRows, prove: true, keysSpanWindows: false, windowRows: Number.POSITIVE_INFINITY, mayOpen: () => true };
    const batches = this.call.account(this.source.progress, (abort) =>
      inArrivalOrder(this.source, policy, abort, (reading, raw, { window, partition }) => {
        return window.span === null ? null : { reading, raw, partition, window: window.span };
      }),
    );
    for await (const batch of batches) this.readings.push(...batch);
  }

  summaries(): UsageSummary[] {
    const { id: provider, account } = this.session.provider;
    const report = this.report();
    return this.source.plan.partitions.flatMap((partition) =>
      this.periods.map((period) => {
        const own = this.readings
          .filter((entry) => entry.partition === partition && period.from <= entry.window.from && entry.window.to <= period.to)
          .sort((a, b) => a.window.from - b.window.from);
        const [only, second] = own;
        return {
          provider,
          account,
          application: partition.application,
          from: new Date(period.from),
          to: new Date(period.to),
          source: "vendor" as const,
          calls: null,
          minutes: own.reduce((sum, { reading }) => addMinutes(sum, reading.minutes), noMinutes),
          talkSeconds: null,
          seats: only !== undefined && second === undefined ? only.reading.seats : null,
          complete: isCovered(report, period),
          raw: own.map(({ raw }) => raw),
        };
      }),
    );
  }

  report(): AccountReport {
    return this.source.progress.report();
  }
}

/** Counted here, from call records as they stream by. */
class RecordTally implements Tally {
  private readonly periods: Span[];
  private readonly counts = new Map<string | null, Count[]>();
  private readonly records: ReturnType<typeof planAccountRecords>;

  constructor(
    private readonly session: AccountSession,
    wanted: UsageWanted,
    call: Call,
  ) {
    const { provider } = session;
    this.periods = periodsOf(wanted.range, wanted.by, provider.timeZone);
    for (const { application } of provider.operations.records.partitions({})) this.countsOf(application);
    this.records = planAccountRecords(session, { range: wanted.range, direction: null, number: null, filters: {}, order: "arrival", raw: false }, call);
  }

  private countsOf(application: string | null): Count[] {
    const known = this.counts.get(application) ?? this.periods.map(() => new Count());
    this.counts.set(application, known);
    return known;
  }

  async count(): Promise<void> {
    for await (const batch of this.records.read()) {
      for (const record of batch) this.countsOf(record.application)[this.periodAt(record.startedAt.getTime())]?.add(record);
    }
  }

  /** The period that holds an instant, by halving. */
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
    return [...this.counts].flatMap(([application, counts]) =>
      this.periods.map((period, index) => {
        const count = counts[index] ?? new Count();
        return {
          provider,
          account,
          application,
          from: new Date(period.from),
          to: new Date(period.to),
          source: "records" as const,
          calls: { total: count.total, answered: count.answered, inbound: count.inbound, outbound: count.outbound },
          minutes: { ...noMinutes, ...count.minutes },
          talkSeconds: count.talkSeconds,
          seats: null,
          complete: isCovered(report, period),
          raw: [],
        };
      }),
    );
  }

  report(): AccountReport {
    return this.records.progress.report();
  }
}

/** What the ended calls of one application in one period amount to. */
class Count {
  total = 0;
  answered = 0;
  inbound = 0;
  outbound = 0;
  talkSeconds = 0;
  readonly minutes = { outbound: 0, inbound: 0, voip: 0 };

  add(record: CallRecord): void {
    if (record.state !== "ended") return;
    this.total += 1;
    if (record.direction === "inbound") this.inbound += 1;
    if (record.direction === "outbound") this.outbound += 1;
    if (record.outcome !== "answered") return;
    this.answered += 1;
    const talkSeconds = record.talkSeconds ?? 0;
    this.talkSeconds += talkSeconds;
    const line = record.kind === "voip" ? "voip" : record.direction;
    if (line === "voip" || line === "inbound" || line === "outbound") this.minutes[line] += Math.ceil(talkSeconds / 60);
  }
}

/** Null says nothing: a vendor that leaves a figure out of one window has not said that it is 0. */
function addMinutes(a: UsageMinutes, b: UsageMinutes): UsageMinutes {
  const add = (x: number | null, y: number | null) => (x === null ? y : y === null ? x : x + y);
  return {
    outbound: add(a.outbound, b.outbound),
    inbound: add(a.inbound, b.inbound),
    voip: add(a.voip, b.voip),
    asrOffline: add(a.asrOffline, b.asrOffline),
    asrRealtime: add(a.asrRealtime, b.asrRealtime),
  };
}

function isCovered(report: AccountReport, period: Span): boolean {
  const covered = report.coverage.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }));
  return Intervals.of(covered).covers(period);
}
