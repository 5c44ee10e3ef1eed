import { scaleBand } from "d3-scale";
import { markup, type Html } from "../markup/html.js";
import { chartFrame, type ChartName, coordinate, percentOf } from "./frame.js";

/** The number of colors, from the palest to the strongest. */
export const HEAT_COLORS = 6;
/** The height of a row in pixels. */
const ROW = 30;

/** A cell of the grid. */
export interface HeatCell {
  /** Null where there is no such cell in the range. */
  value: number | null;
  /** The text in the cell. */
  label: string;
  /** The text that is shown when the pointer is over the cell. */
  title: string;
}

/** Returns the color of a value, from 0 to HEAT_COLORS; 0 is that of no calls. */
export function heatColor(value: number, most: number): number {
  return value <= 0 ? 0 : Math.min(HEAT_COLORS, Math.ceil((value / most) * HEAT_COLORS));
}

/** Returns a grid whose cells are colored by their value. */
export function heatMap(
  name: ChartName,
  rows: readonly { name: string; cells: readonly HeatCell[] }[],
  columns: readonly string[],
): Html {
  const most = rows
    .flatMap(({ cells }) => cells.map(({ value }) => value ?? 0))
    .reduce((one, other) => Math.max(one, other), 0);
  const scale = scaleBand<number>()
    .domain(columns.map((_, index) => index))
    .range([0, 100])
    .paddingInner(0.06);
  const height = rows.length * ROW;
  const left = (index: number) => scale(index) ?? 0;
  const middle = (index: number) => percentOf(left(index) + scale.bandwidth() / 2);
  const lines = rows.map(({ name: row, cells }, place) => {
    const top = place * ROW;
    const drawn = cells.map(({ value, label, title }, index) => {
      const color = value === null ? "outside" : `heat-${heatColor(value, most)}`;
      return markup`<g class="${color}"><title>${title}</title><rect x="${percentOf(left(index))}" y="${top + 1}" width="${percentOf(scale.bandwidth())}" height="${ROW - 2}" rx="2" /><text class="cell" x="${middle(index)}" y="${coordinate(top + ROW / 2)}" dy="0.35em" text-anchor="middle">${label}</text></g>`;
    });
    return markup`<g><text class="tick value" x="-8" y="${top + ROW / 2}" dy="0.35em">${row}</text>${drawn}</g>\n`;
  });
  const labels = columns.map(
    (column, index) =>
      markup`<text class="tick${index % 6 === 0 ? "" : index % 3 === 0 ? " minor" : " rare"}" x="${middle(index)}" y="${height + 18}" text-anchor="middle">${column}</text>`,
  );
  return chartFrame(name, height, [lines, labels]);
}
