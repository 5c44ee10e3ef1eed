import type { Period } from "../calendar/periods.js";
import { markup, type Html } from "../markup/html.js";
import type { Words } from "../words/words.js";

/** An item of a legend. */
export interface LegendItem {
  name: string;
  /** The class that sets its color. */
  color: string;
  /** The value of the whole range. */
  value?: string | null;
}

/** Returns the names of the colors of a chart, with the values of the whole range. */
export function legend(items: readonly LegendItem[]): Html {
  const listed = items.map(
    ({ name, color, value = null }) =>
      markup`<li><svg class="swatch" aria-hidden="true" width="12" height="12"><rect class="${color}" width="12" height="12" rx="2" /></svg>${name}${value === null ? null : markup` <strong>${value}</strong>`}</li>`,
  );
  return markup`<ul class="legend">${listed}</ul>`;
}

/** Returns the items of a chart over time. Where calls may be missing in a period, they explain its mark. */
export function periodLegend(items: readonly LegendItem[], periods: readonly Period[], words: Words): Html {
  const isMarked = periods.some(({ state }) => state === "missing");
  return legend([...items, ...(isMarked ? [{ name: words.proof.states.missing, color: "missing" }] : [])]);
}
