import fc from "fast-check";
import { violationsOf, type Run } from "./oracle.js";
import { type Scenario, scenarios } from "./scenario.js";
import { simulate } from "./simulate.js";

/** The amounts of work in some schedules, because a soak without work has no violations. */
export interface ScheduleCounter {
  schedules: number;
  requests: number;
  retries: number;
  records: number;
  /** Readings that ended with an error, or were ended by their consumer. */
  cutShort: number;
  /** Hours that the client reported as covered, over all accounts. */
  hoursCovered: number;
}

export const emptyCounter: ScheduleCounter = {
  schedules: 0,
  requests: 0,
  retries: 0,
  records: 0,
  cutShort: 0,
  hoursCovered: 0,
};

export function addUp(counters: readonly ScheduleCounter[]): ScheduleCounter {
  return counters.reduce(
    (a, b) => ({
      schedules: a.schedules + b.schedules,
      requests: a.requests + b.requests,
      retries: a.retries + b.retries,
      records: a.records + b.records,
      cutShort: a.cutShort + b.cutShort,
      hoursCovered: a.hoursCovered + b.hoursCovered,
    }),
    emptyCounter,
  );
}

function counterOf({ requestsSent, reports, consumed }: Run): ScheduleCounter {
  const covered = reports
    .flatMap(({ coverage }) => coverage)
    .reduce((sum, { from, to }) => sum + Date.parse(to) - Date.parse(from), 0);
  return {
    schedules: 1,
    requests: requestsSent,
    retries: reports.reduce((sum, { retries }) => sum + retries, 0),
    records: consumed.records.length,
    cutShort: consumed.thrown !== null || consumed.endedByConsumer ? 1 : 0,
    hoursCovered: covered / 3_600_000,
  };
}

/** Returns the property that no scenario has violations. @param onRun receives the amounts of each run, including those of shrinking. */
export function hasNoViolations(
  onRun: (counter: ScheduleCounter) => void = () => undefined,
): fc.IAsyncProperty<[Scenario]> {
  return fc.asyncProperty(scenarios, async (scenario) => {
    const run = await simulate(scenario);
    onRun(counterOf(run));
    const violations = violationsOf(run);
    if (violations.length > 0) throw new Error(violations.join("\n"));
  });
}
