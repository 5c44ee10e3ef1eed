import { dayOfWall } from "../calendar/day.js";
import { chartFrame, coordinate, percentOf } from "../charts/frame.js";
import { valueAxis } from "../charts/value-axis.js";
import type { ShownReconciliation } from "../data/read-usage.js";
import { markup, type Html } from "../markup/html.js";
import type { SectionInput } from "./section.js";

const HEIGHT = 150;
const MAX_LABELS = 8;

/** Returns a chart of the vendor's minutes minus those of the records, over the periods of all accounts. */
export function differenceChart(periods: ShownReconciliation["periods"], { data, formats }: SectionInput): Html {
  const { words, signed } = formats;
  const columns = differencesOf(periods);
  const values = columns.map(({ minutes }) => minutes);
  const [least, most] = [values.reduce(lesser, 0), values.reduce(greater, 0)];
  const axis = valueAxis({ least, most }, HEIGHT, signed);
  const width = 100 / columns.length;
  const step = Math.ceil(columns.length / MAX_LABELS);
  const drawn = columns.map(({ from, minutes }, index) => {
    const day = dayOfWall(data.zone.toWall(Date.parse(from)));
    const [zero, value] = [axis.y(0), axis.y(minutes)];
    const middle = percentOf((index + 0.5) * width);
    const label = markup`<text class="tick${(index / step) % 2 === 1 ? " minor" : ""}" x="${middle}" y="${HEIGHT + 18}" text-anchor="middle">${formats.shortDay(day)}</text>`;
    return markup`<g><title>${`${formats.fullDay(day)}: ${signed(minutes)}`}</title><rect class="hit" x="${percentOf(index * width)}" width="${percentOf(width)}" y="0" height="${HEIGHT}" /><rect class="${minutes > 0 ? "missed" : "level"}" x="${percentOf((index + 0.14) * width)}" width="${percentOf(width * 0.72)}" y="${coordinate(Math.min(zero, value))}" height="${coordinate(Math.abs(zero - value))}" /></g>${index % step === 0 ? label : null}`;
  });
  const name = { id: "usage-chart", title: words.columns.difference, description: words.usage.chartDescription };
  return chartFrame(name, HEIGHT, [axis.grid, drawn]);
}

/** Returns the difference of each time, over all accounts and categories. */
function differencesOf(periods: ShownReconciliation["periods"]): { from: string; minutes: number }[] {
  const sums = new Map<string, number>();
  for (const { from, categories } of periods) {
    const difference = categories.reduce((sum, category) => sum + (category.difference ?? 0), 0);
    sums.set(from, (sums.get(from) ?? 0) + difference);
  }
  return [...sums]
    .map(([from, minutes]) => ({ from, minutes: Math.round(minutes * 100) / 100 }))
    .sort((one, other) => Date.parse(one.from) - Date.parse(other.from));
}

const lesser = (one: number, other: number) => Math.min(one, other);
const greater = (one: number, other: number) => Math.max(one, other);
