import type { Measurement } from "./measurement.js";

const COLUMNS = ["goal", "limit", "measured", "result"] as const;

/** Returns the measurements as a table. */
export function printTable(measurements: readonly Measurement[]): string {
  const lines = [
    Object.fromEntries(COLUMNS.map((column) => [column, column])) as Record<(typeof COLUMNS)[number], string>,
    ...measurements,
  ];
  const widths = COLUMNS.map((column) => Math.max(...lines.map((line) => line[column].length)));
  const printed = lines.map((line) =>
    COLUMNS.map((column, index) => line[column].padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [printed[0], widths.map((width) => "-".repeat(width)).join("  "), ...printed.slice(1)].join("\n");
}
