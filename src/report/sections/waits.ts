import { linesChart } from "../charts/lines-chart.js";
import { periodLegend } from "../charts/legend.js";
import { markup } from "../markup/html.js";
import { periodTable } from "./period-table.js";
import { emptyMessage, type Section, type SectionInput } from "./section.js";
import { isReported, reporterNotes } from "./shown-value.js";
import { valueColumn } from "./value-column.js";

const HEIGHT = 160;

/** Returns the speed of answer and the abandon rate over time, beside each other. */
export function waits({ data, formats }: SectionInput): Section {
  const { periods, totals } = data;
  const { words, percent, duration, count } = formats;
  const { columns } = words;
  const { heading, lead, speedDescription, abandonDescription } = words.waits;
  const notes = reporterNotes(data, ["wait", "abandonRate"], formats);
  const { wait, averageSpeedOfAnswer, abandonRate } = totals.inbound;
  if (averageSpeedOfAnswer === null && abandonRate === null) {
    const isKnown = isReported(totals, "wait") || isReported(totals, "abandonRate");
    return { id: "waits", heading, lead: null, content: [isKnown ? emptyMessage(words.noCallsOf) : null, notes] };
  }
  const charts = [
    {
      id: "speed-chart",
      name: columns.speedOfAnswer,
      color: "answered",
      description: speedDescription,
      value: averageSpeedOfAnswer,
      valueOf: (index: number) => periods[index]?.metrics.inbound.averageSpeedOfAnswer ?? null,
      format: duration,
      tick: duration,
    },
    {
      id: "abandon-chart",
      name: columns.abandonRate,
      color: "missed",
      description: abandonDescription,
      value: abandonRate,
      valueOf: (index: number) => periods[index]?.metrics.inbound.abandonRate ?? null,
      format: percent,
      tick: (value: number) => `${Math.round(value * 1000) / 10}%`,
    },
  ].flatMap(({ id, name, color, description, value, valueOf, format, tick }) =>
    value === null
      ? []
      : markup`<div>${periodLegend([{ name, color, value: format(value) }], periods, words)}${periods.length === 1 ? null : linesChart({ id, title: name, description }, periods, [{ name, color, valueOf }], { height: HEIGHT, format, tick, formats })}</div>`,
  );
  const table = periodTable(
    heading,
    periods,
    [
      valueColumn(columns.speedOfAnswer, "wait", ({ inbound }) => inbound.averageSpeedOfAnswer, duration, formats),
      valueColumn(columns.medianWait, "wait", ({ inbound }) => inbound.wait?.median ?? null, duration, formats),
      valueColumn(columns.p90Wait, "wait", ({ inbound }) => inbound.wait?.p90 ?? null, duration, formats),
      valueColumn(columns.abandoned, "abandonRate", ({ inbound }) => inbound.abandoned, count, formats),
      valueColumn(columns.abandonRate, "abandonRate", ({ inbound }) => inbound.abandonRate, percent, formats),
    ],
    formats,
  );
  return {
    id: "waits",
    heading,
    lead: wait?.median == null ? null : lead(duration(wait.median), duration(wait.p90 ?? 0), duration(wait.max ?? 0)),
    content: [markup`<div class="pair">${charts}</div>`, table, notes],
  };
}
