import { scaleBand } from "d3-scale";
import { dateOf, weekdayOf } from "../calendar/day.js";
import type { Period } from "../calendar/periods.js";
import { markup, type Html } from "../markup/html.js";
import type { Formats } from "../words/formats.js";
import { AXIS_HEIGHT, percentOf, TOP } from "./frame.js";

/** The most labels on a wide page. A narrow page shows every second one. */
const MAX_LABELS = 8;
/** The width of the widest column, so that a single day does not fill the chart. */
const MAX_WIDTH = 9;
const DAY_STEPS = [1, 2, 7, 14, 28];

/** The horizontal axis of a chart over time. Positions are percentages of the width. */
export interface PeriodAxis {
  /** The left edge of a column. */
  left: (index: number) => number;
  /** The width of a column. */
  width: number;
  /** The middle of a column. */
  middle: (index: number) => number;
  labels: Html;
  /** Marks behind the columns: periods without proof of completeness, and the begin of the provisional ones. */
  marks: Html;
}

/** @param height of the plot in pixels. */
export function periodAxis(periods: readonly Period[], height: number, formats: Formats): PeriodAxis {
  const scale = scaleBand<number>()
    .domain(periods.map((_, index) => index))
    .range([0, 100])
    .paddingInner(periods.length > 60 ? 0.12 : 0.28)
    .paddingOuter(periods.length > 60 ? 0.06 : 0.14);
  const width = Math.min(scale.bandwidth(), MAX_WIDTH);
  const left = (index: number) => (scale(index) ?? 0) + (scale.bandwidth() - width) / 2;
  const middle = (index: number) => left(index) + width / 2;
  let year: number | null = null;
  const hasYears = yearOf(periods[0]) !== yearOf(periods.at(-1));
  const labels = labelled(periods).map((index, place) => {
    const { unit, first } = periods[index] ?? { unit: "day", first: 0 };
    // Where the range contains several years, the first label of each has it.
    const isNewYear = hasYears && yearOf(periods[index]) !== year;
    year = yearOf(periods[index]);
    const text = unit === "month" ? formats.month(first) : isNewYear ? formats.fullDay(first) : formats.shortDay(first);
    // The last label must not reach over the edge of a narrow page.
    const [x, anchor] = middle(index) > 95 ? [100, "end"] : [middle(index), "middle"];
    return markup`<text class="tick${place % 2 === 1 ? " minor" : ""}" x="${percentOf(x)}" y="${height + AXIS_HEIGHT - 6}" text-anchor="${anchor}">${text}</text>`;
  });
  return {
    left,
    width,
    middle,
    labels: markup`<g>${labels}</g>`,
    marks: marksOf(periods, { left, width, step: scale.step() }, height, formats),
  };
}

function yearOf(period: Period | undefined): number | null {
  return period === undefined ? null : dateOf(period.first).getUTCFullYear();
}

/** Returns the indexes of the periods with a label. Where not every day has one, Mondays have. */
function labelled(periods: readonly Period[]): number[] {
  const [first] = periods;
  if (first === undefined) return [];
  const least = Math.ceil(periods.length / MAX_LABELS);
  const isDaily = first.unit === "day";
  const step = isDaily ? (DAY_STEPS.find((days) => days >= least) ?? least) : least;
  const start = isDaily && step >= 7 ? (8 - weekdayOf(first.first)) % 7 : 0;
  return periods.flatMap((_, index) => (index >= start && (index - start) % step === 0 ? [index] : []));
}

function marksOf(
  periods: readonly Period[],
  { left, width, step }: { left: (index: number) => number; width: number; step: number },
  height: number,
  { words }: Formats,
): Html {
  const missing = periods.flatMap(({ state }, index) =>
    state === "missing"
      ? markup`<rect class="missing" x="${percentOf(left(index) - (step - width) / 2)}" y="${TOP}" width="${percentOf(step)}" height="${height - TOP}" />`
      : [],
  );
  const from = periods.findIndex(isProvisional);
  if (from === -1) return markup`<g>${missing}</g>`;
  const at = percentOf(Math.max(0, left(from) - (step - width) / 2));
  // Near the right edge, the label is on the left of its line.
  const [anchor, shift] = from > periods.length / 2 ? ["end", "-4"] : ["start", "4"];
  return markup`<g>${missing}<line class="provisional-from" x1="${at}" x2="${at}" y1="0" y2="${height}" /><text class="tick" x="${at}" dx="${shift}" y="10" text-anchor="${anchor}">${words.provisional}</text></g>`;
}

/** Whether the calls of a period may still change. */
export function isProvisional({ state }: Period): boolean {
  return state === "unsettled";
}
