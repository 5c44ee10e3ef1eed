import { legend } from "../charts/legend.js";
import { inboundParts } from "./call-parts.js";
import { ranking } from "./ranking.js";
import { emptyMessage, type Section, type SectionInput } from "./section.js";
import { reporterNotes, shownValue } from "./shown-value.js";

/** Returns the offered calls of each queue. Calls without a queue are left out. */
export function queues({ data, formats }: SectionInput): Section {
  const { words, count, duration, percent } = formats;
  const { columns } = words;
  const named = data.queues.filter(({ key }) => key.queue != null);
  const { heading } = words.queues;
  if (named.length === 0) return { id: "queues", heading, lead: null, content: emptyMessage(words.queues.none) };
  const table = ranking(
    named,
    {
      caption: heading,
      dimension: "queue",
      unnamed: words.queues.noQueue,
      partsOf: ({ metrics }) => inboundParts(metrics).filter(({ name }) => name !== "notOffered"),
      others: words.queues.others,
      columns: [
        {
          heading: columns.offered,
          isNumber: true,
          cell: ({ metrics }) => shownValue(metrics, "answerRate", metrics.inbound.offered, count, formats),
        },
        {
          heading: columns.answerRate,
          isNumber: true,
          cell: ({ metrics }) => shownValue(metrics, "answerRate", metrics.inbound.answerRate, percent, formats),
        },
        {
          heading: columns.serviceLevel,
          isNumber: true,
          cell: ({ metrics }) => shownValue(metrics, "serviceLevel", metrics.inbound.serviceLevel, percent, formats),
        },
        {
          heading: columns.speedOfAnswer,
          isNumber: true,
          cell: ({ metrics }) => shownValue(metrics, "wait", metrics.inbound.averageSpeedOfAnswer, duration, formats),
        },
        {
          heading: columns.abandonRate,
          isNumber: true,
          cell: ({ metrics }) => shownValue(metrics, "abandonRate", metrics.inbound.abandonRate, percent, formats),
        },
      ],
    },
    formats,
  );
  const present = new Map(
    named
      .flatMap(({ metrics }) => inboundParts(metrics))
      .flatMap((part) => (part.calls > 0 && part.name !== "notOffered" ? [[part.name, part.color]] : [])),
  );
  const key = legend([...present].map(([name, color]) => ({ name: words.series[name], color })));
  const notes = reporterNotes(data, ["serviceLevel", "wait", "abandonRate"], formats);
  return { id: "queues", heading, lead: words.queues.lead(count(named.length)), content: [key, table, notes] };
}
