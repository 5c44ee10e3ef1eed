import type { ReportGroup } from "../data/report-data.js";
import { type CallPart, inboundParts, outboundParts } from "./call-parts.js";
import { ranking } from "./ranking.js";
import { emptyMessage, type Section, type SectionInput } from "./section.js";
import { reporterNotes } from "./shown-value.js";
import { valueColumn } from "./value-column.js";

/** Returns the calls and the talk of each agent. Calls without an agent are left out. */
export function agents({ data, formats }: SectionInput): Section {
  const { words, count, duration, inMinutes } = formats;
  const { columns } = words;
  const named = data.agents.filter(({ key }) => key.agent != null);
  const { heading } = words.agents;
  if (named.length === 0) return { id: "agents", heading, lead: null, content: emptyMessage(words.agents.none) };
  const partsOf = ({ metrics }: ReportGroup): CallPart[] => {
    const [answered, ...others] = inboundParts(metrics);
    const missed = others.reduce((sum, { calls }) => sum + calls, 0);
    return [
      ...(answered === undefined ? [] : [answered]),
      { name: "unanswered", color: "missed", calls: missed },
      ...outboundParts(metrics),
    ];
  };
  const table = ranking(
    named,
    {
      caption: heading,
      dimension: "agent",
      unnamed: words.agents.noAgent,
      partsOf,
      others: words.agents.others,
      columns: [
        { heading: columns.calls, isNumber: true, cell: ({ metrics }) => count(metrics.calls) },
        valueColumn(columns.answered, "answerRate", ({ inbound }) => inbound.answered, count, formats),
        valueColumn(columns.connected, "connectRate", ({ outbound }) => outbound.connected, count, formats),
        valueColumn(
          columns.talkMinutes,
          "talkSeconds",
          ({ talkSeconds }) => talkSeconds?.total ?? null,
          inMinutes,
          formats,
        ),
        valueColumn(columns.meanTalk, "talkSeconds", ({ talkSeconds }) => talkSeconds?.mean ?? null, duration, formats),
      ],
    },
    formats,
  );
  const notes = reporterNotes(data, ["talkSeconds"], formats);
  return { id: "agents", heading, lead: words.agents.lead(count(named.length)), content: [table, notes] };
}
