import { z } from "zod";
import type { WindowRule } from "../../contract/provider.js";
import type { ProbedOptions, ProbeReport } from "../../model/probe-report.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import { ResultTooLarge } from "../../engine/account/failure.js";
import type { Span } from "../../engine/lists/intervals.js";
import { gridOf, oldestReadable } from "../../engine/lists/list-limits.js";
import { Progress } from "../../engine/lists/progress.js";
import { type PolicyArguments, policyFields } from "../arguments.js";
import type { Invocation } from "../invocation.js";
import {
  contradictingKey,
  edgeFinding,
  filterFinding,
  inconclusive,
  orderFinding,
  pageSizeFinding,
  presenceIn,
  type ShownTime,
  timeOf,
  totalFinding,
} from "./probe-findings.js";
import { numberFilterFinding } from "./probe-number-filter.js";
import { retentionFinding } from "./probe-retention.js";
import { type Sample, type SampledCall, WindowSampler } from "./window-sampler.js";

/** Arguments of `probe`. */
export type ProbeArguments = Pick<PolicyArguments, "signal" | "totalTimeoutMs" | "unreadableRows">;

export const probeSchema = z.strictObject(policyFields).omit({ isolateFailures: true, beforeRetention: true });

const HOUR_MS = 3_600_000;
/** Age at which a call no longer changes during a probe. */
const SETTLED_MS = HOUR_MS;
/** Maximum number of lists to search for calls, and of windows of increasing length to read in the first list. */
const MAX_LISTS = 4;
const MAX_WIDENINGS = 3;
/** A longer window is requested when a window has fewer calls. */
const ENOUGH_CALLS = 6;
/** Minimum and maximum factor by which a window is widened in one step. */
const WIDENING = { least: 4, most: 24 } as const;
/** Maximum number of calls in the window whose total is checked. */
const COUNTED_CALLS = 20;
/** Minimum distance of the start and the end of a call, in units, at which a window can contain only one of them. */
const DISTINCT_UNITS = 4;
/** Calls of this length are preferred, because their start and end differ even at a vendor that rounds to minutes. */
const LONG_MS = 120_000;

/** The list in which calls were found. */
interface Found {
  sampler: WindowSampler;
  sample: Sample;
  /** The call to measure with; null when no call has a start and an end that are far enough apart. */
  call: (SampledCall & { end: number }) | null;
}

/** Measures the properties of an account's list of records that the vendor does not document. */
export async function probeAccount(session: AccountSession, invocation: Invocation): Promise<ProbeReport> {
  invocation.begin();
  try {
    return await invocation.timed(() => probe(session, invocation));
  } catch (error) {
    throw error instanceof ResultTooLarge ? error.error : error;
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

/** Returns the first list with a call to measure with, otherwise the first with any call; null when no call was found. */
async function search(
  session: AccountSession,
  invocation: Invocation,
  counters: Progress["counters"],
): Promise<Found | null> {
  const { provider } = session;
  const { records } = provider.operations;
  const grid = gridOf(records, provider);
  const unit = grid.ceil(1);
  let fallback: Found | null = null;
  for (const [place, partition] of records.partitions({}).slice(0, MAX_LISTS).entries()) {
    const sampler = new WindowSampler(
      session,
      partition,
      { signal: invocation.signal, counters, invocation: invocation.id },
      invocation.policy.unreadableRows,
    );
    const before = (lengthMs: number): Span => {
      const now = session.clock.now();
      const to = grid.floor(now - SETTLED_MS);
      const longest = (records.window?.maxSeconds ?? 0) * 1000;
      return {
        from: Math.max(
          to - Math.min(longest, Math.ceil(lengthMs / unit) * unit),
          oldestReadable(records, provider, now),
        ),
        to,
      };
    };
    // If the first list is empty, the others may be too. Each costs one request.
    const sample = await widen(sampler, before, place === 0 ? HOUR_MS : Number.MAX_SAFE_INTEGER);
    if (sample === null || sample.calls.length === 0) continue;
    const found = { sampler, sample, call: chooseCall(sample.calls, unit) };
    if (found.call !== null) return found;
    fallback ??= found;
  }
  return fallback;
}

/** Returns a window that ends an hour ago or earlier, with more calls than fit on a page, or the longest window that may be requested. */
async function widen(
  sampler: WindowSampler,
  before: (lengthMs: number) => Span,
  firstMs: number,
): Promise<Sample | null> {
  let best: Sample | null = null;
  let lengthMs = firstMs;
  for (let tries = 0; tries < MAX_WIDENINGS; tries += 1) {
    const span = before(lengthMs);
    try {
      best = await sampler.sample(span, "page");
    } catch (error) {
      if (!(error instanceof ResultTooLarge)) throw error;
      if (best !== null) return best;
      if (tries === MAX_WIDENINGS - 1) throw error;
      lengthMs = (span.to - span.from) / WIDENING.most;
      continue;
    }
    const total = best.total ?? best.rows;
    const isWidest = span.to - span.from < lengthMs;
    if (isWidest || (total > best.requestedRows && best.rows >= ENOUGH_CALLS)) return best;
    const factor = Math.min(WIDENING.most, Math.max(WIDENING.least, (2 * best.requestedRows) / total));
    lengthMs = total === 0 && tries > 0 ? Number.MAX_SAFE_INTEGER : lengthMs * factor;
  }
  return best;
}

/** Returns a call from the middle, so that there are other calls before and after it. */
function chooseCall(calls: readonly SampledCall[], unit: number): Found["call"] {
  const isWhole = (time: number) => time % unit === 0;
  const distinct = calls
    .flatMap((call) => {
      const { start, end } = call;
      if (end === null || end - start < DISTINCT_UNITS * unit || !isWhole(start) || !isWhole(end)) return [];
      return [{ ...call, end }];
    })
    .sort((a, b) => a.start - b.start);
  const long = distinct.filter(({ start, end }) => end - start >= LONG_MS);
  const choice = long.length > 0 ? long : distinct;
  return choice[Math.floor(choice.length / 2)] ?? null;
}

type Measured = Pick<ProbeReport, "filtersOn" | "windowStart" | "windowEnd"> & {
  /** A window that was read to its end. */
  counted: Sample;
};

async function measure({ sampler, sample, call }: Found, unit: number): Promise<Measured> {
  const noCall = `No ended call was found whose start and end are ${DISTINCT_UNITS} units or more apart.`;
  const around = (time: number) => sampler.sample({ from: time - unit, to: time + unit }, "whole");
  const countLatest = () => sampler.sample(latestFew(sample, sampler.largestPage, unit), "end");
  const filtersOn =
    call === null ? inconclusive(noCall) : filterFinding(call, await around(call.start), await around(call.end));
  const time = filtersOn.value;
  if (call === null || time === null || time === "neither") {
    const unknown = inconclusive("The time that windows filter on is not known.");
    return { filtersOn, windowStart: unknown, windowEnd: unknown, counted: await countLatest() };
  }

  // Two windows that meet at the call's time. The other bound of each is a unit after another call. The earlier window must not contain that call, and the later
  // one must.
  const at = call[time];
  const others = sample.calls
    .map((other) => timeOf(other, time))
    .filter((other) => other !== null)
    .sort((a, b) => a - b)
    .map((other) => Math.floor(other / unit) * unit);
  const before = others.filter((other) => other <= at - 2 * unit);
  const after = others.filter((other) => other >= at + 2 * unit);
  const few = fewOf(sample, time, sampler.largestPage);
  const [earlier] = few === 0 ? [] : before.slice(-few);
  const later = after.slice(0, few).at(-1);
  const until = await sampler.sample(
    { from: earlier === undefined ? at - DISTINCT_UNITS * unit : earlier + unit, to: at },
    "whole",
  );
  const since = await sampler.sample(
    { from: at, to: later === undefined ? at + DISTINCT_UNITS * unit : later + unit },
    "end",
  );
  // Another time, such as the creation of a record shortly after the end, may equal this time for one call, but not for every call.
  const apart = [...before, ...after];
  const witnesses = [...apart.slice(0, 1), ...apart.slice(1).slice(-1)];
  for (const witness of witnesses) await around(witness);
  const counted = since.rows > 1 ? since : await countLatest();

  const contradicting = contradictingKey(sampler.samples, time);
  const objection =
    contradicting !== null
      ? `the call ${contradicting} was not.`
      : witnesses.length === 0
        ? "no other call confirms it."
        : null;
  if (objection !== null) {
    const unknown = inconclusive("The time that windows filter on is not certain.");
    return {
      filtersOn: inconclusive(`The call ${call.key} was listed by its ${time}, but ${objection}`),
      windowStart: unknown,
      windowEnd: unknown,
      counted,
    };
  }
  return {
    filtersOn: {
      ...filtersOn,
      evidence: `${filtersOn.evidence} ${witnesses.length === 1 ? "Another call was listed around its time" : "Two other calls were listed around their times"}.`,
    },
    windowStart: edgeFinding(call, "began", presenceIn(since, call)),
    windowEnd: edgeFinding(call, "ended", presenceIn(until, call)),
    counted,
  };
}

/** Returns how many known calls a window may span so that all of its calls fit on a page. */
function fewOf(sample: Sample, time: ShownTime, largestPage: number): number {
  const { value: order } = orderFinding(sample, time, ENOUGH_CALLS);
  // A sorted page contains every call between its first and its last.
  const density = order === "ascending" || order === "descending" ? 1 : Math.max(1, (sample.total ?? 0) / sample.rows);
  return Math.floor((Math.min(largestPage, COUNTED_CALLS) - 1) / density);
}

/** Returns the last part of a sample's window, short enough for its calls to fit on a page. */
function latestFew({ span, total, rows }: Sample, largestPage: number, unit: number): Span {
  const share = Math.min(1, Math.max(1, Math.min(largestPage, COUNTED_CALLS) - 1) / Math.max(1, total ?? rows));
  const lengthMs = Math.ceil(((span.to - span.from) * share) / unit) * unit;
  return { from: span.to - lengthMs, to: span.to };
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
