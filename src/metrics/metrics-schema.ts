import { z } from "zod";
import { ruleOf } from "../adapter.js";
import { type AccountReport, type ProvidedValues, RequestError } from "../index.js";
import type { CallCounts } from "./call-counts.js";
import type { Metrics } from "./metrics.js";
import { groupDimensions, settingsSchema } from "./metrics-options.js";
import { callOutcomes } from "./outcomes.js";

const count = z.int().nonnegative();
const time = z.iso.datetime().nullable();
const outcomeCounts = z.partialRecord(z.enum(callOutcomes), count);
const secondCounts = z.record(z.string().regex(/^(?:0|[1-9]\d{0,15})$/), count);
const countsSchema = z.object({
  inbound: outcomeCounts,
  outbound: outcomeCounts,
  unclassified: outcomeCounts,
  abandonedInMenu: count,
  answeredWaits: secondCounts,
  abandonedWaits: secondCounts,
  missedWaits: secondCounts,
  talk: secondCounts,
  timed: count,
}) satisfies z.ZodType<CallCounts>;
const callMetricsSchema = z.looseObject({ counts: z.record(z.string(), countsSchema) });
const text = z.string().nullable();
const groupsSchema = z.array(
  z.object({
    key: z.partialRecord(z.enum(groupDimensions), text),
    names: z.object({ agent: text, group: text, queue: text }).partial(),
    metrics: callMetricsSchema,
  }),
);

/** The fields of a result that a merge reads. The other numbers follow from it. */
const metricsSchema = z.object({
  version: z.literal(1, "must be 1"),
  options: settingsSchema,
  totals: callMetricsSchema,
  groups: groupsSchema,
  groupings: z.array(z.object({ groupBy: z.array(z.enum(groupDimensions)), groups: groupsSchema })),
  provisionalFrom: time,
  proof: z.array(z.custom<AccountReport>((value) => typeof value === "object" && value !== null)).nullable(),
  unprovenParts: count,
  firstCallAt: time,
  lastCallAt: time,
  excluded: z.object({ active: count, internal: count }),
  provides: z.record(
    z.string(),
    z.object({
      inbound: z.boolean(),
      outbound: z.boolean(),
      abandoned: z.boolean(),
      menuAbandonCodes: z.array(z.string()).nullable(),
      waitSeconds: z.boolean(),
      talkSeconds: z.boolean(),
    }),
  ) satisfies z.ZodType<Record<string, ProvidedValues>>,
  concurrency: z.array(z.int()),
});

/**
 * Checks a result that may come from JSON, and returns it unchanged.
 * @throws RequestError that names the argument and its first wrong field.
 */
export function readMetrics(owner: string, argument: string, value: Metrics): Metrics {
  const [issue] = metricsSchema.safeParse(value).error?.issues ?? [];
  if (issue === undefined) return value;
  const field = issue.path.length === 0 ? "" : ` (field \`${issue.path.map(String).join(".")}\`: ${ruleOf(issue)})`;
  throw new RequestError(`${owner}: argument \`${argument}\`: must be a result of callMetrics${field}.`);
}
