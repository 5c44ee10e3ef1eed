import { columnsChart } from "../charts/columns-chart.js";
import { periodTable } from "./period-table.js";
import { emptyMessage, type Section, type SectionInput } from "./section.js";
import { reporterNotes } from "./shown-value.js";
import { valueColumn } from "./value-column.js";

const HEIGHT = 170;

/** Returns the minutes of talk over time. */
export function talk({ data, formats }: SectionInput): Section {
  const { periods, totals } = data;
  const { words, count, duration, inMinutes } = formats;
  const { heading, lead, description } = words.talk;
  const notes = reporterNotes(data, ["talkSeconds"], formats);
  const { talkSeconds } = totals;
  if (talkSeconds?.median == null)
    return {
      id: "talk",
      heading,
      lead: null,
      content: [talkSeconds === null ? null : emptyMessage(words.noCallsOf), notes],
    };
  const chart = columnsChart(
    { id: "talk-chart", title: heading, description },
    periods,
    [
      {
        name: words.columns.talkMinutes,
        color: "answered",
        // In minutes, so that the axis has round numbers of minutes.
        valueOf: (index) => {
          const seconds = periods[index]?.metrics.talkSeconds?.total;
          return seconds === undefined ? null : seconds / 60;
        },
      },
    ],
    { height: HEIGHT, format: count, formats },
  );
  const table = periodTable(
    heading,
    periods,
    [
      valueColumn(
        words.columns.talkMinutes,
        "talkSeconds",
        ({ talkSeconds }) => talkSeconds?.total ?? null,
        inMinutes,
        formats,
      ),
      valueColumn(
        words.columns.meanTalk,
        "talkSeconds",
        ({ talkSeconds }) => talkSeconds?.mean ?? null,
        duration,
        formats,
      ),
    ],
    formats,
  );
  return {
    id: "talk",
    heading,
    lead: lead(inMinutes(talkSeconds.total), count(talkSeconds.known), duration(talkSeconds.median)),
    content: [chart, table, notes],
  };
}
