import { z } from "zod";
import { commonOptions, credentialSchema } from "../adapter.js";
import type { Clock } from "../index.js";
import { customCallSchema } from "./data/custom-call-schema.js";
import type { EmulatorOptions } from "./emulator-options.js";
import { faultSchema } from "./faults/fault-schema.js";
import {
  atLeastOrInfinity,
  dateSchema,
  functionSchema,
  plainObject,
  wholeOrInfinity,
  withMethods,
} from "./input-schemas.js";
import { checkOptions } from "./option-rules.js";
import { forEachVendor, VENDOR_IDS, type VendorId } from "./vendors.js";

const MAX_TIMER_MS = 2 ** 31 - 1;
/** More calls or days would exceed the memory, or take minutes to generate. */
const MAX_CALLS = 1_000_000;
const MAX_DAYS = 36_525;

/** Has the rule that providers have for their zones. */
const { timeZone } = commonOptions({ account: "emulator", rate: { requestsPerSecond: 1, concurrency: 1 } });
const vendorIds = z.array(z.enum(VENDOR_IDS)).min(1, "must contain at least one vendor");
const edge = z.enum(["inclusive", "exclusive"]).default("inclusive");

function byVendor<Schema extends z.ZodType>(schema: Schema) {
  const optional = schema.optional();
  return plainObject(z.strictObject(forEachVendor<Record<VendorId, typeof optional>>(() => optional))).default({});
}

/** The schema of {@link EmulatorOptions}. The defaults that differ between the vendors are those of `emulatorSettings`. */
export const optionSchema = z
  .strictObject({
    vendors: vendorIds.default([...VENDOR_IDS]),
    accounts: byVendor(z.array(z.string().min(1, "must not be empty")).min(1, "must contain at least one label")),
    seed: z.int().default(1),
    days: z.number().min(0).max(MAX_DAYS).default(30),
    callsPerDay: z.number().min(0).max(MAX_CALLS).default(100),
    now: functionSchema<() => number>().optional(),
    clock: withMethods<Clock>(["now", "sleep"], ["monotonicMs", "timeLimit"]).optional(),
    port: z.int().min(0).default(0),
    latencyMs: z.number().min(0).max(MAX_TIMER_MS).default(0),
    requestsPerSecond: byVendor(
      z.custom<number>((value) => typeof value === "number" && value > 0, "must be a number above 0, or Infinity"),
    ),
    filterTime: z.enum(["start", "end", "created"]).default("start"),
    windowEdges: plainObject(z.strictObject({ start: edge, end: edge })).prefault({}),
    order: z.enum(["ascending", "descending", "unsorted"]).default("descending"),
    tokenTtlSeconds: z.int().positive().optional(),
    tokenDelayMs: z.number().min(0).optional(),
    sdkAppIds: z
      .tuple([z.int().positive()], z.int().positive())
      .refine((ids) => new Set(ids).size === ids.length, "must not contain an application twice")
      .optional(),
    tencentToken: credentialSchema.optional(),
    activeCalls: z.int().min(0).max(MAX_CALLS).default(8),
    timeZone,
    calls: byVendor(z.array(plainObject(customCallSchema))),
    faults: plainObject(faultSchema).default({ share: 0 }),
    numberMatching: z.enum(["exact", "digits", "part", "caller", "ignored"]).optional(),
    pageCap: byVendor(wholeOrInfinity(1)),
    totalShift: byVendor(z.int()),
    maxRows: byVendor(wholeOrInfinity(1)),
    searchCap: byVendor(
      plainObject(
        z.strictObject({
          rows: z.int().min(1),
          total: z.enum(["capped", "true"]),
          beyond: z.enum(["refused", "empty", "no-data", "last-page", "served"]),
        }),
      ),
    ),
    missingPage: byVendor(plainObject(z.strictObject({ row: z.int().min(0), as: z.enum(["empty", "no-data"]) }))),
    retentionSeconds: byVendor(atLeastOrInfinity(1)),
    recordingRetentionSeconds: byVendor(atLeastOrInfinity(1)),
    recordingAddressSeconds: byVendor(z.int().min(1)),
    recordingRanges: byVendor(z.boolean()),
    corruptAt: byVendor(z.array(dateSchema)),
  } satisfies Record<keyof EmulatorOptions, z.ZodType>)
  .superRefine((options, context) => {
    checkOptions(options, (path, message) => {
      context.addIssue({ code: "custom", path: [...path], message });
    });
  });
