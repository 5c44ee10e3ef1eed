import { columnsChart } from "../charts/columns-chart.js";
import { periodLegend } from "../charts/legend.js";
import { allParts } from "./call-parts.js";
import { periodTable } from "./period-table.js";
import { emptyMessage, type Section, type SectionInput } from "./section.js";

const HEIGHT = 230;

/** Returns the number of calls over time. */
export function volume({ data, formats }: SectionInput): Section {
  const { periods, totals } = data;
  const { words, count } = formats;
  const heading = words.volume.heading[periods[0]?.unit ?? "day"];
  const busiest = periods.reduce<(typeof periods)[number] | null>(
    (most, period) => (period.metrics.calls > (most?.metrics.calls ?? 0) ? period : most),
    null,
  );
  if (busiest === null) return { id: "volume", heading, lead: null, content: emptyMessage(words.noCalls) };
  const parts = periods.map(({ metrics }) => allParts(metrics));
  const present = allParts(totals).flatMap((part, place) => (part.calls > 0 ? [{ ...part, place }] : []));
  const series = present.map(({ name, color, place }) => ({
    name: words.series[name],
    color,
    valueOf: (index: number) => parts[index]?.[place]?.calls ?? 0,
  }));
  const chart = columnsChart(
    { id: "volume-chart", title: heading, description: words.volume.description },
    periods,
    series,
    { height: HEIGHT, format: count, formats },
  );
  const table = periodTable(
    heading,
    periods,
    [
      { heading: words.columns.calls, isNumber: true, cell: ({ metrics }) => count(metrics.calls) },
      ...present.map(({ name, place }) => ({
        heading: words.series[name],
        isNumber: true,
        cell: ({ metrics }: (typeof periods)[number]) => count(allParts(metrics)[place]?.calls ?? 0),
      })),
    ],
    formats,
  );
  const values = present.map(({ name, color, calls }) => ({ name: words.series[name], color, value: count(calls) }));
  return {
    id: "volume",
    heading,
    lead:
      periods.length === 1
        ? null
        : words.volume.lead(
            formats.period(busiest),
            count(busiest.metrics.calls),
            count(Math.round(totals.calls / periods.length)),
          ),
    content: [periodLegend(values, periods, words), chart, table],
  };
}
