import { csvPrinter } from "../../columns/csv.js";
import type { Metrics, Reconciliation } from "../../metrics/index.js";
import { UsageError } from "../exit-code.js";
import { isDisplayed } from "../terminal/sanitize.js";
import { metricsColumns, metricsRows } from "./metrics-columns.js";

/** The options of the output of a report. */
export interface ReportOutputOptions {
  format?: "html" | "json" | "csv" | undefined;
  out?: string | undefined;
  title?: string | undefined;
  locale: "en" | "zh-CN";
}

/** The content of a report. */
export interface ReportContent {
  metrics: Metrics;
  /** Null where the vendor's count was not requested. */
  usage: Reconciliation | null;
}

/** Returns the text of a report. */
export type ReportPrinter = (content: ReportContent) => Promise<string>;

/**
 * Returns the printer of the requested format, else of the format of the file name, else of the page.
 * @throws UsageError if a page would be written to a terminal.
 */
export function reportPrinter({ format, out, title, locale }: ReportOutputOptions): ReportPrinter {
  const [, ending] = /\.(csv|json)(?:\.gz)?$/.exec(out?.toLowerCase() ?? "") ?? [];
  const chosen = format ?? ending ?? "html";
  if (chosen === "json")
    return ({ metrics, usage }) =>
      Promise.resolve(`${JSON.stringify(usage === null ? metrics : { ...metrics, usage })}\n`);
  if (chosen === "csv") {
    const { header, line } = csvPrinter(metricsColumns, null);
    return ({ metrics }) => Promise.resolve(header + metricsRows(metrics).map(line).join(""));
  }
  if (isDisplayed(out))
    throw new UsageError(
      "--out with the name of a file is required: a terminal cannot show a page. Or use --format json or csv.",
    );
  return async ({ metrics, usage }) => {
    const { renderReport } = await import("../../report/index.js");
    return renderReport(metrics, { title, locale, ...(usage === null ? {} : { usage }) });
  };
}
