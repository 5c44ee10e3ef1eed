/**
 * A report of metrics as one HTML page without scripts and requests: charts, tables, and which days are complete. docs/report.md describes it.
 * @module call-records/report
 */

export { renderReport } from "./render-report.js";
export type { ReportLocale, ReportOptions } from "./report-options.js";
