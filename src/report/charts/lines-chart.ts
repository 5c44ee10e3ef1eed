import { path } from "d3-path";
import type { Period } from "../calendar/periods.js";
import { markup, type Html } from "../markup/html.js";
import type { Formats } from "../words/formats.js";
import { edgeAnchor, hitArea } from "./columns-chart.js";
import { chartFrame, type ChartName, coordinate, percentOf } from "./frame.js";
import { isProvisional, periodAxis, type PeriodAxis } from "./period-axis.js";
import { valueAxis } from "./value-axis.js";

/** A line. */
export interface LineSeries {
  name: string;
  /** The class that sets its color. */
  color: string;
  /** Null where there is no value: the line is interrupted. */
  valueOf: (index: number) => number | null;
}

/** The units of the width of a line, which is stretched to the width of the page. */
const WIDTH = 1000;
/** If a line has more points, only those without a neighbour are drawn. */
const MAX_DOTS = 45;

/** Returns a chart of lines over time. The provisional part of a line is dashed. */
export function linesChart(
  name: ChartName,
  periods: readonly Period[],
  series: readonly LineSeries[],
  {
    height,
    most,
    format,
    tick = format,
    formats,
  }: {
    height: number;
    most?: number;
    format: (value: number) => string;
    tick?: (value: number) => string;
    formats: Formats;
  },
): Html {
  const highest = series.flatMap(({ valueOf }) => periods.map((_, index) => valueOf(index) ?? 0));
  const values = valueAxis({ most: most ?? highest.reduce((one, other) => Math.max(one, other), 0) }, height, tick);
  const axis = periodAxis(periods, height, formats);
  const provisionalFrom = periods.findIndex(isProvisional);
  const lines = series.map(({ color, valueOf }) => {
    const between = (from: number, to: number) =>
      lineThrough(
        periods.map((_, index) => {
          const value = index < from || index > to ? null : valueOf(index);
          return value === null ? null : [rounded((axis.middle(index) * WIDTH) / 100), rounded(values.y(value))];
        }),
      );
    const last = periods.length - 1;
    const firm = between(0, provisionalFrom === -1 ? last : provisionalFrom - 1);
    const dashed = provisionalFrom === -1 ? "" : between(provisionalFrom - 1, last);
    return markup`<svg x="0" y="0" width="100%" height="${height}" viewBox="0 0 ${WIDTH} ${height}" preserveAspectRatio="none"><path class="line ${color}" d="${firm}" />${dashed === "" ? null : markup`<path class="line dashed ${color}" d="${dashed}" />`}</svg>${dotsOf(periods, valueOf, axis, values.y, color)}`;
  });
  const labels = series.map(({ valueOf }, place) => {
    const last = periods.findLastIndex((_, index) => valueOf(index) !== null);
    const value = valueOf(last);
    if (value === null || last === -1) return null;
    const others = series.filter((_, other) => other !== place).map((other) => other.valueOf(last) ?? -Infinity);
    // The label of the higher line is above it, that of the lower one below.
    const shift = others.some((other) => other > value) ? 16 : -8;
    return markup`<text class="label" x="${percentOf(axis.middle(last))}" y="${coordinate(values.y(value) + shift)}" text-anchor="${edgeAnchor(axis.middle(last))}">${format(value)}</text>`;
  });
  const areas = periods.map((period, index) => {
    const texts = series.flatMap(({ name: of, valueOf }) => {
      const value = valueOf(index);
      return value === null ? [] : [`${of}: ${format(value)}`];
    });
    return markup`<g><title>${[formats.period(period), ...texts].join("\n")}</title>${hitArea(axis.left(index), axis.width, height)}</g>`;
  });
  return chartFrame(name, height, [values.grid, axis.marks, lines, labels, areas, axis.labels]);
}

/** Rounds to hundredths. */
const rounded = (value: number) => Math.round(value * 100) / 100;

/** Returns the path through some points. It is interrupted at null. */
function lineThrough(points: readonly (readonly [x: number, y: number] | null)[]): string {
  const drawn = path();
  points.forEach((point, index) => {
    if (point === null) return;
    if ((points[index - 1] ?? null) === null) drawn.moveTo(...point);
    else drawn.lineTo(...point);
  });
  return drawn.toString();
}

function dotsOf(
  periods: readonly Period[],
  valueOf: LineSeries["valueOf"],
  axis: PeriodAxis,
  y: (value: number) => number,
  color: string,
): Html[] {
  const isAlone = (index: number) =>
    (index === 0 || valueOf(index - 1) === null) && (index === periods.length - 1 || valueOf(index + 1) === null);
  return periods.flatMap((_, index) => {
    const value = valueOf(index);
    if (value === null || (periods.length > MAX_DOTS && !isAlone(index))) return [];
    return markup`<circle class="dot ${color}" cx="${percentOf(axis.middle(index))}" cy="${coordinate(y(value))}" r="${periods.length > 20 ? 2 : 3}" />`;
  });
}
