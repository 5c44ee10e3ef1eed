import { z } from "zod";
import type { WindowRule } from "../../contract/provider.js";
import type { ProbedOptions, ProbeReport } from "../../model/probe-report.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import { throwWhole } from "../../engine/account/failure.js";
import { discover } from "../../engine/lists/discovery.js";
import { gridOf, oldestReadable } from "../../engine/lists/list-limits.js";
import { Progress } from "../../engine/lists/progress.js";
import { type PolicyArguments, policyFields } from "../arguments.js";
import type { Invocation } from "../invocation.js";
import { inconclusive, orderFinding, pageSizeFinding, totalFinding } from "./probe-findings.js";
import { type Measured, measure } from "./probe-measurement.js";
import { numberFilterFinding } from "./probe-number-filter.js";
import { retentionFinding } from "./probe-retention.js";
import { ENOUGH_CALLS, MAX_LISTS, search } from "./probe-search.js";

/** Arguments of `probe`. */
export type ProbeArguments = Pick<PolicyArguments, "signal" | "totalTimeoutMs" | "unreadableRows">;

export const probeSchema = z.strictObject(policyFields).omit({ isolateFailures: true, beforeRetention: true });

/** Measures the properties of an account's list of records that the vendor does not document. */
export async function probeAccount(session: AccountSession, invocation: Invocation): Promise<ProbeReport> {
  invocation.begin();
  try {
    return await invocation.timed(() => probe(session, invocation));
  } catch (error) {
    throwWhole(error);
  } finally {
    invocation.stop();
  }
}

async function probe(session: AccountSession, invocation: Invocation): Promise<ProbeReport> {
  const { provider } = session;
  const { window, paging } = provider.operations.records;
  const { counters } = new Progress(provider, invocation.id);
  const requestedRows = paging.style === "none" ? 0 : paging.size;
  const head = { account: provider.account, provider: provider.id };
  const inconclusiveReport = (reason: string): ProbeReport => ({
    ...head,
    partition: null,
    requests: counters.requests,
    filtersOn: inconclusive(reason),
    windowStart: inconclusive(reason),
    windowEnd: inconclusive(reason),
    order: { ...inconclusive(reason), by: null },
    pageSize: { ...inconclusive(reason), requested: requestedRows },
    total: inconclusive(reason),
    retention: inconclusive(reason),
    numberFilter: inconclusive(reason),
    options: {},
  });
  if (window === null || window.unit === "day")
    return inconclusiveReport("The list is requested in whole days, which do not distinguish times.");
  await discover(session, { signal: invocation.signal, counters, invocation: invocation.id });
  const found = await search(session, invocation, counters);
  const lists = provider.operations.records.partitions({}).length;
  if (found === null)
    return inconclusiveReport(
      `No call older than an hour was found in the longest window that may be requested, in ${Math.min(lists, MAX_LISTS)} of ${lists} lists.`,
    );

  const { partition } = found.sampler;
  const unit = gridOf(provider.operations.records, provider).ceil(1);
  const measured = await measure(found, unit);
  const total = totalFinding(measured.counted);
  const now = session.clock.now();
  const limits = {
    now,
    oldest: oldestReadable(provider.operations.records, provider, now),
    longestMs: window.maxSeconds * 1000,
    unit,
  };
  const retention = await retentionFinding(found.sampler, found.sample, limits);
  const { numberFilter: rule } = provider.operations.records;
  const numberFilter = await numberFilterFinding(found.sampler, found.sample, rule);
  return {
    ...head,
    partition: { application: partition.application, parameters: { ...partition.parameters } },
    requests: counters.requests,
    filtersOn: measured.filtersOn,
    windowStart: measured.windowStart,
    windowEnd: measured.windowEnd,
    order: orderFinding(found.sample, measured.filtersOn.value, ENOUGH_CALLS),
    pageSize: pageSizeFinding(found.sample, total.value, requestedRows),
    total,
    retention,
    numberFilter,
    options: {
      ...optionsFrom(measured, window),
      ...(retention.value === null ? {} : { suspectedRetentionSeconds: retention.value }),
      ...(numberFilter.value === true ? { numberFilter: true } : {}),
      ...(numberFilter.value === false && rule?.isUsed === true ? { numberFilter: false } : {}),
    },
  };
}

/** Returns the options for the provider. Both values of `windowEnd` require an inclusive start. */
function optionsFrom({ filtersOn, windowStart, windowEnd }: Measured, declared: WindowRule): ProbedOptions {
  const options: ProbedOptions = {};
  if (filtersOn.value === "start") options.filtersOn = "start";
  else if (filtersOn.value !== null && declared.filtersOn === "start") options.filtersOn = "unknown";
  if (windowStart.value === "inclusive" && windowEnd.value !== null) options.windowEnd = windowEnd.value;
  else if (windowStart.value === "exclusive" && declared.end !== "unknown") options.windowEnd = "unknown";
  return options;
}
