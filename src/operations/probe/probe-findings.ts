import type { ProbeFinding, ProbeReport } from "../../model/probe-report.js";
import type { Sample, SampledCall } from "./window-sampler.js";

/** A time of a call that its row shows. */
export type ShownTime = "start" | "end";

/** Returns this time of a call. Null for an active call, because the vendor may find it by its start or by its end. */
export function timeOf({ start, end }: SampledCall, time: ShownTime): number | null {
  return end === null || time === "end" ? end : start;
}

export function notTold(evidence: string): { value: null; evidence: string } {
  return { value: null, evidence };
}

/** Whether a window held the call; null where not all of it was read. */
export function presenceIn({ calls, whole }: Sample, { key }: SampledCall): boolean | null {
  return calls.some((other) => other.key === key) || (whole ? false : null);
}

/** Which time is filtered on, by two windows: a unit around the call's start, and a unit around its end. */
export function filterFinding(call: SampledCall, atStart: Sample, atEnd: Sample): ProbeReport["filtersOn"] {
  const [byStart, byEnd] = [presenceIn(atStart, call), presenceIn(atEnd, call)];
  const came = `The call ${call.key} came`;
  if (byStart === null || byEnd === null) return notTold("A window of two units held more calls than could be read.");
  if (byStart && byEnd)
    return notTold(
      `${came} in a window of two units around its start, and in one around its end: windows seem to be rounded.`,
    );
  if (byStart)
    return {
      value: "start",
      evidence: `${came} in a window of two units around its start, and not in one around its end.`,
    };
  if (byEnd)
    return {
      value: "end",
      evidence: `${came} in a window of two units around its end, and not in one around its start.`,
    };
  return {
    value: "neither",
    evidence: `${came} in a longer window, but in none of two units around its start or its end.`,
  };
}

/** @param came whether it was in a window with that bound exactly at its time; null where not all of that was read. */
export function edgeFinding(
  { key }: SampledCall,
  bound: "began" | "ended",
  came: boolean | null,
): ProbeFinding<"inclusive" | "exclusive"> {
  if (came === null) return notTold("The window held more calls than could be read.");
  return {
    value: came ? "inclusive" : "exclusive",
    evidence: `The call ${key} ${came ? "came" : "did not come"} in a window that ${bound} exactly at its time.`,
  };
}

/** The key of a call that is in a window where this time does not place it, or is not where it does; null where there is none. */
export function contradiction(samples: readonly Sample[], time: ShownTime): string | null {
  for (const { span, calls, whole } of samples) {
    const stray = calls.find((call) => !isWithin(timeOf(call, time) ?? span.from, span.from, span.to));
    if (stray !== undefined) return stray.key;
    if (!whole) continue;
    const keys = new Set(calls.map(({ key }) => key));
    // Those at its bounds may be in it or not.
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

/** In which order the first page came. @param enough calls at different times, fewer of which may be sorted by chance. */
export function orderFinding(
  { calls }: Sample,
  filtersOn: ProbeReport["filtersOn"]["value"],
  enough: number,
): ProbeReport["order"] {
  const times: readonly ShownTime[] = filtersOn === "end" ? ["end", "start"] : ["start", "end"];
  for (const by of times) {
    const values = calls.map((call) => timeOf(call, by)).filter((value) => value !== null);
    if (new Set(values).size < enough)
      return { ...notTold(`There were fewer than ${enough} ended calls at different times on a page.`), by: null };
    for (const [value, sign] of [
      ["ascending", 1],
      ["descending", -1],
    ] as const) {
      if (values.every((time, place) => place === 0 || (time - (values[place - 1] ?? time)) * sign >= 0)) {
        return { value, by, evidence: `${values.length} ended calls on one page came ${value} by their ${by}.` };
      }
    }
  }
  const evidence = `${calls.length} calls on one page came sorted neither by their start nor by their end`;
  if (filtersOn === "start" || filtersOn === "end") return { value: "unsorted", by: null, evidence: `${evidence}.` };
  return { ...notTold(`${evidence}; they may be by the time that is filtered on.`), by: null };
}

/**
 * @param sample of the longest window.
 * @param excess by how much the totals are too large; null where that is not known.
 * @param declared the largest page by the adapter's declaration.
 */
export function pageSizeFinding(
  { asked, given, total }: Sample,
  excess: number | null,
  declared: number,
): ProbeReport["pageSize"] {
  const evidence = `${asked} rows were asked for, and ${given} given`;
  if (declared === 0) return { ...notTold("The list has no pages."), requested: asked };
  if (given >= asked) return { value: given, evidence: `${evidence}.`, requested: asked };
  if (excess !== null && total !== null && total - excess > given)
    return { value: given, evidence: `${evidence}, though there were ${total - excess}.`, requested: asked };
  return { ...notTold(`${evidence}; there may have been no more.`), requested: asked };
}

/** @param sample that was to be read to its end. */
export function totalFinding({ total, rows, whole }: Sample): ProbeFinding<number> {
  if (total === null) return notTold("The vendor reported no total.");
  if (!whole) return notTold("No window could be read to its end.");
  if (rows < 2) return notTold(`The window that was counted held ${rows === 0 ? "no row" : "one row only"}.`);
  return {
    value: total - rows,
    evidence: `A window that was read to its end held ${rows} different rows; its total said ${total}.`,
  };
}
