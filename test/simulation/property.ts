import fc from "fast-check";
import { brokenPromises, type Run } from "./oracle.js";
import { type Scenario, scenarios } from "./scenario.js";
import { simulate } from "./simulate.js";

/** What was done in some schedules: a soak that did nothing would keep every promise. */
export interface UsageCounter {
  schedules: number;
  requests: number;
  retries: number;
  records: number;
  /** Calls that ended with an error, or were ended by their consumer. */
  cutShort: number;
  /** Hours of which the client said that they were complete, over all accounts. */
  hoursCovered: number;
}

export const emptyTally: UsageCounter = {
  schedules: 0,
  requests: 0,
  retries: 0,
  records: 0,
  cutShort: 0,
  hoursCovered: 0,
};

export function addUp(counters: readonly UsageCounter[]): UsageCounter {
  return counters.reduce(
    (a, b) => ({
      schedules: a.schedules + b.schedules,
      requests: a.requests + b.requests,
      retries: a.retries + b.retries,
      records: a.records + b.records,
      cutShort: a.cutShort + b.cutShort,
      hoursCovered: a.hoursCovered + b.hoursCovered,
    }),
    emptyTally,
  );
}

function counterOf({ requestsSent, reports, consumed }: Run): UsageCounter {
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

/** Whatever happens, every promise is kept. @param note hears of every run that was made, those of shrinking included. */
export function keepsItsPromises(
  note: (counter: UsageCounter) => void = () => undefined,
): fc.IAsyncProperty<[Scenario]> {
  return fc.asyncProperty(scenarios, async (scenario) => {
    const run = await simulate(scenario);
    note(counterOf(run));
    const broken = brokenPromises(run);
    if (broken.length > 0) throw new Error(broken.join("\n"));
  });
}
