import { inboundParts } from "./call-parts.js";
import { ranking } from "./ranking.js";
import { emptyMessage, type Section, type SectionInput } from "./section.js";
import { reporterNotes } from "./shown-value.js";
import { valueColumn } from "./value-column.js";

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
        valueColumn(columns.offered, "answerRate", ({ inbound }) => inbound.offered, count, formats),
        valueColumn(columns.answerRate, "answerRate", ({ inbound }) => inbound.answerRate, percent, formats),
        valueColumn(columns.serviceLevel, "serviceLevel", ({ inbound }) => inbound.serviceLevel, percent, formats),
        valueColumn(columns.speedOfAnswer, "wait", ({ inbound }) => inbound.averageSpeedOfAnswer, duration, formats),
        valueColumn(columns.abandonRate, "abandonRate", ({ inbound }) => inbound.abandonRate, percent, formats),
      ],
    },
    formats,
  );
  const notes = reporterNotes(data, ["serviceLevel", "wait", "abandonRate"], formats);
  return { id: "queues", heading, lead: words.queues.lead(count(named.length)), content: [table, notes] };
}
