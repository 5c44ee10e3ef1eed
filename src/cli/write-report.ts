import { type MetricsOptions, REPORT_GROUPINGS } from "../metrics/index.js";
import type { AccountOptions } from "./command-context.js";
import { openTarget } from "./output/open-target.js";
import { type ReportContent, type ReportOutputOptions, reportPrinter } from "./output/report-printer.js";
import type { KeyOptions } from "./mask-key.js";
import type { Messages } from "./terminal/messages.js";
import type { RangeOptions } from "./times.js";

/** The options of the command `report`. */
export interface ReportOptions extends AccountOptions, RangeOptions, ReportOutputOptions, KeyOptions {
  fromDatabase?: string;
  serviceLevel: number;
  shortAbandon?: number;
  billingRule?: string;
}

/** Returns the options of the metrics. */
export function metricsOptions(
  { serviceLevel, shortAbandon }: Pick<ReportOptions, "serviceLevel" | "shortAbandon">,
  timeZone: string,
): MetricsOptions {
  return {
    groupBy: REPORT_GROUPINGS,
    timeZone,
    serviceLevel: { seconds: serviceLevel },
    shortAbandonSeconds: shortAbandon,
  };
}

/**
 * Writes a report. An invalid format or file is reported before anything is read.
 * @param read returns the content, or null if there is none: a file then stays unchanged.
 */
export async function writeReport(
  read: () => Promise<ReportContent | null>,
  options: ReportOutputOptions,
  signal: AbortSignal,
  messages: Messages,
): Promise<void> {
  const print = reportPrinter(options);
  const target = await openTarget(options.out, signal);
  try {
    const content = await read();
    if (content === null) {
      await target.discard();
      return;
    }
    await target.write(await print(content));
  } catch (error) {
    await target.discard();
    throw error;
  }
  await target.finish();
  if (target.path !== null) messages.info(`Written to ${target.path}.`);
}
