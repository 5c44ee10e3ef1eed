import { type Content, markup, type Html } from "../markup/html.js";

/** The name and description of a chart for people who do not see it. */
export interface ChartName {
  /** Unique in the page. */
  id: string;
  title: string;
  description: string;
}

/** The height below the plot for the labels of the horizontal axis, in pixels. */
export const AXIS_HEIGHT = 24;
/** The height above the plot, so that the label of the highest value fits. */
export const TOP = 16;

/**
 * Returns a chart. Horizontal positions are percentages and vertical positions are pixels, so that the chart fits every width, and its text keeps its size.
 * @param height of the plot in pixels, without the labels of the horizontal axis.
 */
export function chartFrame({ id, title, description }: ChartName, height: number, content: Content): Html {
  return markup`<svg class="chart" role="img" aria-labelledby="${id}-title ${id}-description" width="100%" height="${height + AXIS_HEIGHT}"><title id="${id}-title">${title}</title><desc id="${id}-description">${description}</desc>${content}</svg>`;
}

/** Rounds a coordinate to what a screen can show. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Returns a coordinate as a percentage of the width. */
export function percentOf(value: number): string {
  return `${coordinate(value)}%`;
}
