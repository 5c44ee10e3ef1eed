import { nice, ticks } from "d3-array";
import { markup, type Html } from "../markup/html.js";
import { coordinate, TOP } from "./frame.js";

/** The number of lines that a chart has about. */
const LINES = 4;

/** The vertical axis of a chart. */
export interface ValueAxis {
  /** Returns the vertical position of a value in pixels. */
  y: (value: number) => number;
  /** The lines of the axis with their values. */
  grid: Html;
}

/**
 * Returns a vertical axis from zero, or from the least value below it.
 * @param height of the plot in pixels.
 * @param format returns the label of a value.
 */
export function valueAxis(
  { least = 0, most }: { least?: number; most: number },
  height: number,
  format: (value: number) => string,
): ValueAxis {
  const [low, high] = nice(Math.min(0, least), most > 0 ? most : Math.max(1, -least), LINES);
  const y = (value: number) => TOP + (height - TOP) * (1 - (value - low) / (high - low));
  const labels = new Set<string>();
  const lines = ticks(low, high, LINES).flatMap((value) => {
    const label = format(value);
    // Small numbers without decimals would have the same label twice.
    if (labels.has(label)) return [];
    labels.add(label);
    const at = coordinate(y(value));
    return markup`<line class="${value === 0 ? "zero" : "grid"}" x1="0" x2="100%" y1="${at}" y2="${at}" /><text class="tick value" x="-8" y="${at}" dy="0.32em">${label}</text>`;
  });
  return { y, grid: markup`<g>${lines}</g>` };
}
