import type { Period } from "../calendar/periods.js";
import { periodLegend } from "../charts/legend.js";
import { linesChart } from "../charts/lines-chart.js";
import { periodTable } from "./period-table.js";
import { emptyMessage, type Section, type SectionInput } from "./section.js";
import { isReported, reporterNotes } from "./shown-value.js";
import { valueColumn } from "./value-column.js";

const HEIGHT = 190;

/** Returns the answer rate and the service level over time. */
export function rates({ data, formats }: SectionInput): Section {
  const { periods, totals, metrics } = data;
  const { words, percent, count } = formats;
  const { heading, description, lead } = words.rates;
  const notes = reporterNotes(data, ["answerRate", "serviceLevel"], formats);
  const { offered, answered, answerRate, serviceLevel } = totals.inbound;
  if (answerRate === null || offered === null || answered === null) {
    const reason = isReported(totals, "answerRate") ? words.noCallsOf : null;
    return { id: "rates", heading, lead: null, content: [reason === null ? null : emptyMessage(reason), notes] };
  }
  const level = words.headline.serviceLevel(count(metrics.options.serviceLevel.seconds));
  const valueOf = (read: (period: Period) => number | null) => (index: number) => {
    const period = periods[index];
    return period === undefined ? null : read(period);
  };
  const series = [
    {
      name: words.columns.answerRate,
      color: "answered",
      value: answerRate,
      valueOf: valueOf((period) => period.metrics.inbound.answerRate),
    },
    ...(serviceLevel === null
      ? []
      : [
          {
            name: level,
            color: "level",
            value: serviceLevel,
            valueOf: valueOf((period) => period.metrics.inbound.serviceLevel),
          },
        ]),
  ];
  const chart = linesChart({ id: "rates-chart", title: heading, description }, periods, series, {
    height: HEIGHT,
    most: 1,
    format: percent,
    tick: (value) => `${Math.round(value * 100)}%`,
    formats,
  });
  const table = periodTable(
    heading,
    periods,
    [
      valueColumn(words.columns.offered, "answerRate", ({ inbound }) => inbound.offered, count, formats),
      valueColumn(words.columns.answered, "answerRate", ({ inbound }) => inbound.answered, count, formats),
      valueColumn(words.columns.answerRate, "answerRate", ({ inbound }) => inbound.answerRate, percent, formats),
      valueColumn(level, "serviceLevel", ({ inbound }) => inbound.serviceLevel, percent, formats),
    ],
    formats,
  );
  const key = periodLegend(
    series.map(({ name, color, value }) => ({ name, color, value: percent(value) })),
    periods,
    words,
  );
  return {
    id: "rates",
    heading,
    lead: lead(count(answered), count(offered)),
    content: [key, periods.length > 1 ? chart : null, table, notes],
  };
}
