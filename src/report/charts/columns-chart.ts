import type { Period } from "../calendar/periods.js";
import { type Content, markup, type Html } from "../markup/html.js";
import type { Formats } from "../words/formats.js";
import { chartFrame, type ChartName, coordinate, percentOf, TOP } from "./frame.js";
import { isProvisional, periodAxis } from "./period-axis.js";
import { valueAxis } from "./value-axis.js";

/** A part of each column. */
export interface ColumnSeries {
  name: string;
  /** The class that sets its color. */
  color: string;
  /** Null where the value is not known. It may be negative in a chart with one series. */
  valueOf: (index: number) => number | null;
}

/** Returns a chart of columns over time, whose parts are stacked. Each column shows its values when the pointer is over it. */
export function columnsChart(
  name: ChartName,
  periods: readonly Period[],
  series: readonly ColumnSeries[],
  {
    height,
    format,
    tick = format,
    formats,
  }: { height: number; format: (value: number) => string; tick?: (value: number) => string; formats: Formats },
): Html {
  const totals = periods.map((_, index) => sum(series.map(({ valueOf }) => valueOf(index) ?? 0)));
  const [least, most] = [totals.reduce(lesser, 0), totals.reduce(greater, 0)];
  const values = valueAxis({ least, most }, height, tick);
  const axis = periodAxis(periods, height, formats);
  const columns = periods.map((period, index) => {
    let base = 0;
    const parts = series.flatMap(({ valueOf, color }) => {
      const value = valueOf(index) ?? 0;
      if (value === 0) return [];
      const [one, other] = [values.y(base), values.y(base + value)];
      base += value;
      return markup`<rect class="${color}" x="${percentOf(axis.left(index))}" width="${percentOf(axis.width)}" y="${coordinate(Math.min(one, other))}" height="${coordinate(Math.abs(one - other))}" />`;
    });
    const texts = series.flatMap(({ name: part, valueOf }) => {
      const value = valueOf(index);
      return value === null || (value === 0 && series.length > 1) ? [] : [`${part}: ${format(value)}`];
    });
    return markup`<g${isProvisional(period) ? markup` class="provisional"` : null}><title>${[formats.period(period), ...texts].join("\n")}</title>${hitArea(axis.left(index), axis.width, height)}${parts}</g>\n`;
  });
  const highest = totals.indexOf(most);
  const label =
    most > 0 && periods.length > 1
      ? markup`<text class="label" x="${percentOf(axis.middle(highest))}" y="${coordinate(values.y(most) - 5)}" text-anchor="${edgeAnchor(axis.middle(highest))}">${format(most)}</text>`
      : null;
  return chartFrame(name, height, [values.grid, axis.marks, columns, label, axis.labels]);
}

/** Returns an invisible area, so that the values of a low column can be shown too. */
export function hitArea(left: number, width: number, height: number): Content {
  return markup`<rect class="hit" x="${percentOf(left)}" width="${percentOf(width)}" y="${TOP}" height="${height - TOP}" />`;
}

/** Returns the anchor of a label that must not reach over an edge. */
export function edgeAnchor(middle: number): "start" | "middle" | "end" {
  if (middle < 6) return "start";
  return middle > 94 ? "end" : "middle";
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const lesser = (one: number, other: number) => Math.min(one, other);
const greater = (one: number, other: number) => Math.max(one, other);
