import { legend } from "../charts/legend.js";
import { shareBar } from "../charts/share-bar.js";
import type { ReportGroup } from "../data/report-data.js";
import { dataTable, details, type TableColumn } from "../markup/data-table.js";
import { type Content, markup, nameHtml } from "../markup/html.js";
import type { Formats } from "../words/formats.js";
import type { CallPart } from "./call-parts.js";

/** The number of rows that are visible at once. The others are in a part that the reader opens. */
const VISIBLE = 20;

/** How a table of groups is drawn. */
export interface RankingSettings {
  caption: string;
  /** The dimension whose value or name is in the first column. */
  dimension: "agent" | "queue";
  /** The name of a group without a value. */
  unnamed: string;
  /** Returns the parts of the bar of a group, whose sum decides the order. */
  partsOf: (group: ReportGroup) => CallPart[];
  columns: readonly TableColumn<ReportGroup>[];
  /** Returns the heading of the rows that are not visible at once. */
  others: (count: string) => string;
}

/** Returns a table of groups with a bar for each, the largest first, below a legend of the parts that occur. */
export function ranking(groups: readonly ReportGroup[], settings: RankingSettings, formats: Formats): Content {
  const { caption, dimension, unnamed, partsOf, columns, others } = settings;
  const { words, count } = formats;
  const sizeOf = (group: ReportGroup) => partsOf(group).reduce((sum, { calls }) => sum + calls, 0);
  const sorted = groups
    .map((group) => ({ group, size: sizeOf(group) }))
    .sort((one, other) => other.size - one.size)
    .map(({ group }) => group);
  const most = sorted[0] === undefined ? 0 : sizeOf(sorted[0]);
  const all: TableColumn<ReportGroup>[] = [
    { heading: words.columns[dimension], cell: (group) => nameOf(group, dimension, unnamed) },
    { heading: words.columns.account, cell: ({ key }) => nameHtml(key.account ?? "") },
    {
      heading: words.columns.results,
      cell: (group) =>
        shareBar(
          partsOf(group).map(({ name, color, calls }) => ({
            value: calls,
            color,
            title: `${words.series[name]}: ${count(calls)}`,
          })),
          most,
        ),
    },
    ...columns,
  ];
  const rest = sorted.slice(VISIBLE);
  const present = new Map(
    groups.flatMap(partsOf).flatMap(({ name, color, calls }) => (calls > 0 ? [[name, color]] : [])),
  );
  return [
    legend([...present].map(([name, color]) => ({ name: words.series[name], color }))),
    dataTable(caption, all, sorted.slice(0, VISIBLE)),
    rest.length === 0 ? null : details(others(count(rest.length)), dataTable(others(count(rest.length)), all, rest)),
  ];
}

/** The name of a group with its id, unless they are the same. */
function nameOf({ key, names }: ReportGroup, dimension: "agent" | "queue", unnamed: string): Content {
  const [id, name] = [key[dimension] ?? null, names[dimension] ?? null];
  if (id === null) return markup`<span class="absent">${unnamed}</span>`;
  return name === null || name === id
    ? nameHtml(id)
    : [nameHtml(name), markup` <span class="id">${nameHtml(id)}</span>`];
}
