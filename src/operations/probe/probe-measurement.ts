import type { ProbeReport } from "../../model/probe-report.js";
import type { Span } from "../../engine/lists/intervals.js";
import {
  contradictingKey,
  edgeFinding,
  filterFinding,
  inconclusive,
  orderFinding,
  presenceIn,
  type ShownTime,
  timeOf,
} from "./probe-findings.js";
import { DISTINCT_UNITS, ENOUGH_CALLS, type Found } from "./probe-search.js";
import type { Sample } from "./window-sampler.js";

/** Maximum number of calls in the window whose total is checked. */
const COUNTED_CALLS = 20;

/** The properties of the windows of a list. */
export type Measured = Pick<ProbeReport, "filtersOn" | "windowStart" | "windowEnd"> & {
  /** A window that was read to its end. */
  counted: Sample;
};

/** Measures the properties of the windows of a list, by one call in it. */
export async function measure({ sampler, sample, call }: Found, unit: number): Promise<Measured> {
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
