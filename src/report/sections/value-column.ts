import type { CallMetrics, MeasuredBy } from "../../metrics/index.js";
import type { TableColumn } from "../markup/data-table.js";
import type { Formats } from "../words/formats.js";
import { shownValue } from "./shown-value.js";

/** Returns a column of a value of the metrics, or of why there is none. @param metric the one that decides whether the value is reported. */
export function valueColumn(
  heading: string,
  metric: keyof MeasuredBy,
  valueOf: (metrics: CallMetrics) => number | null,
  format: (value: number) => string,
  formats: Formats,
): TableColumn<{ metrics: CallMetrics }> {
  return {
    heading,
    isNumber: true,
    cell: ({ metrics }) => shownValue(metrics, metric, valueOf(metrics), format, formats),
  };
}
