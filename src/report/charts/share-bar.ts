import { markup, type Html } from "../markup/html.js";
import { percentOf } from "./frame.js";

/** A part of a bar. */
export interface BarPart {
  value: number;
  /** The class that sets its color. */
  color: string;
  /** The text that is shown when the pointer is over it. */
  title: string;
}

/** Returns a bar beside numbers in a table, which say the same, so that screen readers ignore it. @param most the value of a bar of full width. */
export function shareBar(parts: readonly BarPart[], most: number, height = 12): Html {
  let left = 0;
  const drawn = parts.flatMap(({ value, color, title }) => {
    if (value <= 0 || most <= 0) return [];
    const width = (value / most) * 100;
    const rect = markup`<rect class="${color}" x="${percentOf(left)}" width="${percentOf(width)}" y="0" height="${height}"><title>${title}</title></rect>`;
    left += width;
    return rect;
  });
  return markup`<svg class="bar" aria-hidden="true" width="100%" height="${height}">${drawn}</svg>`;
}
