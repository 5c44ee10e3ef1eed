import { scaleBand } from "d3-scale";
import type { DayState } from "../calendar/day-states.js";
import { markup, type Html } from "../markup/html.js";
import { type ChartName, percentOf } from "./frame.js";

const HEIGHT = 18;

/** A cell of a strip. */
export interface StripCell {
  state: DayState;
  title: string;
}

/** Returns a strip with a cell for each period, colored and patterned by its state. */
export function stateStrip({ id, title, description }: ChartName, cells: readonly StripCell[]): Html {
  const scale = scaleBand<number>()
    .domain(cells.map((_, index) => index))
    .range([0, 100])
    .paddingInner(cells.length > 60 ? 0.1 : 0.16);
  const drawn = cells.map(
    ({ state, title: text }, index) =>
      markup`<rect class="state-${state}" x="${percentOf(scale(index) ?? 0)}" width="${percentOf(scale.bandwidth())}" y="0" height="${HEIGHT}"><title>${text}</title></rect>`,
  );
  return markup`<svg class="strip" role="img" aria-labelledby="${id}-title ${id}-description" width="100%" height="${HEIGHT}"><title id="${id}-title">${title}</title><desc id="${id}-description">${description}</desc>${drawn}</svg>`;
}
