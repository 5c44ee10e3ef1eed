import type { Period } from "../calendar/periods.js";
import { dataTable, details, type TableColumn } from "../markup/data-table.js";
import type { Html } from "../markup/html.js";
import type { Formats } from "../words/formats.js";

/** Returns the table behind a chart over time, which the reader opens. It states which periods are not final. */
export function periodTable(
  caption: string,
  periods: readonly Period[],
  columns: readonly TableColumn<Period>[],
  formats: Formats,
): Html {
  const { words } = formats;
  const all = [
    { heading: words.columns.period[periods[0]?.unit ?? "day"], cell: formats.period },
    ...columns,
    { heading: words.columns.state, cell: ({ state }: Period) => words.proof.states[state] },
  ];
  return details(words.numbers, dataTable(caption, all, periods));
}
