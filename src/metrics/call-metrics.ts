import { readCalls } from "../columns/read-calls.js";
import { type CallRecord, type Report, RequestError } from "../index.js";
import type { Metrics } from "./metrics.js";
import { MetricsCounter } from "./metrics-counter.js";
import { type MetricsOptions, readMetricsOptions } from "./metrics-options.js";

const OWNER = "callMetrics";

/**
 * Counts calls in one pass: how many were offered, answered, abandoned and missed, how long callers waited and agents talked, and how many calls were
 * simultaneous; in total and by groups. {@link CallMetrics} defines each number. Counts are exact. A number that the vendor does not provide is null, not 0.
 *
 * It counts ended calls, and no calls of the direction `internal`. It does not recognise repeated calls: pass each call once, as a stream delivers it.
 *
 * The memory in use depends on the number of groups and of different durations, and on the hours with simultaneous calls, not on the number of calls.
 * @param calls a stream of `client.records`, an array, or any other iterable of calls.
 * @throws RequestError when an option is invalid, `calls` is not an iterable, or an item is not a call record. An error of `calls` is thrown unchanged.
 */
export async function callMetrics(
  calls: AsyncIterable<CallRecord> | Iterable<CallRecord>,
  options: MetricsOptions = {},
): Promise<Metrics> {
  const read = readMetricsOptions(OWNER, options);
  const counter = new MetricsCounter(read);
  await readCalls(OWNER, calls, counter.add);
  return counter.result(read.report === null ? null : checkReport(read.report()));
}

function checkReport(report: unknown): Report {
  if (isReport(report)) return report;
  throw new RequestError(
    `${OWNER}: option \`report\`: must return a report, such as \`() => stream.report()\`. The function returned something else.`,
  );
}

function isReport(value: unknown): value is Report {
  return typeof value === "object" && value !== null && "accounts" in value && Array.isArray(value.accounts);
}
