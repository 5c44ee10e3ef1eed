import type { ProbeFinding, ProbeReport } from "../../model/probe-report.js";
import type { Sample, SampledCall } from "./window-sampler.js";

/** A time of a call that its row shows. */
export type ShownTime = "start" | "end";

/** Returns this time of a call. Null for an active call, because the vendor may find it by its start or by its end. */
export function timeOf({ start, end }: SampledCall, time: ShownTime): number | null {
  return end === null || time === "end" ? end : start;
}

/** Returns a finding without a value. @param evidence the reason. */
export function inconclusive(evidence: string): { value: null; evidence: string } {
  return { value: null, evidence };
}

/** Whether a window contained the call; null where it was not read completely. */
export function presenceIn({ calls, whole }: Sample, { key }: SampledCall): boolean | null {
  return calls.some((other) => other.key === key) || (whole ? false : null);
}

/** Returns the time that windows filter on, from two windows: one unit around the call's start, and one unit around its end. */
export function filterFinding(call: SampledCall, atStart: Sample, atEnd: Sample): ProbeReport["filtersOn"] {
  const [byStart, byEnd] = [presenceIn(atStart, call), presenceIn(atEnd, call)];
  const listed = `The call ${call.key} was listed`;
  if (byStart === null || byEnd === null)
    return inconclusive("A window of two units contained more calls than could be read.");
  if (byStart && byEnd)
    return inconclusive(
      `${listed} in a window of two units around its start, and in one around its end: the vendor seems to round windows.`,
    );
  if (byStart)
    return {
      value: "start",
      evidence: `${listed} in a window of two units around its start, but not in one around its end.`,
    };
  if (byEnd)
    return {
      value: "end",
      evidence: `${listed} in a window of two units around its end, but not in one around its start.`,
    };
  return {
    value: "neither",
    evidence: `${listed} in a longer window, but not in one of two units around its start or its end.`,
  };
}

/**
 * Returns whether a bound of a window is inclusive.
 * @param isListed whether the call was in a window with that bound exactly at its time; null where that window was not read completely.
 */
export function edgeFinding(
  { key }: SampledCall,
  bound: "began" | "ended",
  isListed: boolean | null,
): ProbeFinding<"inclusive" | "exclusive"> {
  if (isListed === null) return inconclusive("The window contained more calls than could be read.");
  return {
    value: isListed ? "inclusive" : "exclusive",
    evidence: `The call ${key} was ${isListed ? "" : "not "}listed in a window that ${bound} exactly at its time.`,
  };
}

/** Returns the key of a call that is in a window that does not contain this time, or missing from one that does; null where there is none. */
export function contradictingKey(samples: readonly Sample[], time: ShownTime): string | null {
  for (const { span, calls, whole } of samples) {
    const misplaced = calls.find((call) => !isWithin(timeOf(call, time) ?? span.from, span.from, span.to));
    if (misplaced !== undefined) return misplaced.key;
    if (!whole) continue;
    const keys = new Set(calls.map(({ key }) => key));
    // Calls at its bounds may be inside or outside.
    const missed = samples
      .flatMap((sample) => sample.calls)
      .find((call) => isWithin(timeOf(call, time) ?? span.from, span.from + 1, span.to - 1) && !keys.has(call.key));
    if (missed !== undefined) return missed.key;
  }
  return null;
}

function isWithin(time: number, first: number, last: number): boolean {
  return first <= time && time <= last;
}

/** Returns the order of the first page. @param enough the number of calls at different times below which the order may be chance. */
export function orderFinding(
  { calls }: Sample,
  filtersOn: ProbeReport["filtersOn"]["value"],
  enough: number,
): ProbeReport["order"] {
  const times: readonly ShownTime[] = filtersOn === "end" ? ["end", "start"] : ["start", "end"];
  for (const by of times) {
    const values = calls.map((call) => timeOf(call, by)).filter((value) => value !== null);
    if (new Set(values).size < enough)
      return { ...inconclusive(`A page contained fewer than ${enough} ended calls with different times.`), by: null };
    for (const [value, sign] of [
      ["ascending", 1],
      ["descending", -1],
    ] as const) {
      if (values.every((time, place) => place === 0 || (time - (values[place - 1] ?? time)) * sign >= 0)) {
        return {
          value,
          by,
          evidence: `${values.length} ended calls on one page were in ${value} order of their ${by}.`,
        };
      }
    }
  }
  const evidence = `${calls.length} calls on one page were sorted neither by their start nor by their end`;
  if (filtersOn === "start" || filtersOn === "end") return { value: "unsorted", by: null, evidence: `${evidence}.` };
  return { ...inconclusive(`${evidence}; they may be sorted by the time that windows filter on.`), by: null };
}

/**
 * Returns the largest page.
 * @param sample the longest window.
 * @param excess the number by which totals are too large; null where it is not known.
 * @param declared the page size that the adapter declares; 0 for a list without pages.
 */
export function pageSizeFinding(
  { requestedRows, receivedRows, total }: Sample,
  excess: number | null,
  declared: number,
): ProbeReport["pageSize"] {
  const requested = requestedRows;
  const evidence = `${requestedRows} rows were requested, and ${receivedRows} received`;
  if (declared === 0) return { ...inconclusive("The list has no pages."), requested };
  if (receivedRows >= requestedRows) return { value: receivedRows, evidence: `${evidence}.`, requested };
  if (excess !== null && total !== null && total - excess > receivedRows)
    return {
      value: receivedRows,
      evidence: `${evidence}, although the window contained ${total - excess}.`,
      requested,
    };
  return { ...inconclusive(`${evidence}; the window may have contained no more.`), requested };
}

/** Returns how far the vendor's total is off. @param sample a window that should have been read completely. */
export function totalFinding({ total, rows, whole }: Sample): ProbeFinding<number> {
  if (total === null) return inconclusive("The vendor reported no total.");
  if (!whole) return inconclusive("No window could be read completely.");
  if (rows < 2) return inconclusive(`The counted window contained ${rows === 0 ? "no row" : "only one row"}.`);
  return {
    value: total - rows,
    evidence: `A window that was read completely contained ${rows} distinct rows; its total was ${total}.`,
  };
}
