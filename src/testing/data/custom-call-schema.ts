import { z } from "zod";
import { dateSchema, plainObject } from "../input-schemas.js";
import { jsonFaultOf } from "../json-fault.js";
import { isPlainObject } from "../plain-object.js";
import type { CustomCall } from "./custom-call.js";
import { DEFAULT_DURATION_MS } from "./custom-call.js";
import { ODD_TIMES, type OddTimes } from "./odd-time.js";
import type { VendorRow } from "./planned-call.js";

const oddTime = z.enum(ODD_TIMES).optional();

/** The times of calls have four-digit years, and the client ignores times in 1970. */
const callTime = dateSchema.refine((date) => {
  const year = date.getUTCFullYear();
  return year >= 1971 && year <= 9999;
}, "must be in the years 1971 to 9999");

/** Returns the fields without getters, whose values are read for each response. */
function valuesOf(row: VendorRow): VendorRow {
  const fields = Object.entries(Object.getOwnPropertyDescriptors(row));
  return Object.fromEntries(
    fields.flatMap(([name, field]) => ("value" in field ? [[name, field.value as unknown]] : [])),
  );
}

const shape = {
  account: z.string().optional(),
  id: z.string().min(1, "must not be empty").optional(),
  application: z.int().optional(),
  startedAt: callTime,
  answeredAt: callTime.nullish(),
  endedAt: callTime.nullish(),
  listedFrom: callTime.optional(),
  removedAt: callTime.optional(),
  direction: z.enum(["inbound", "outbound", "internal"]).optional(),
  type: z.int().optional(),
  endCode: z.int().optional(),
  customer: z.string().optional(),
  line: z.string().optional(),
  oddTimes: plainObject(
    z.strictObject({ startedAt: oddTime, answeredAt: oddTime, endedAt: oddTime } satisfies Record<
      keyof OddTimes,
      z.ZodType
    >),
  ).optional(),
  // Returned unchanged, because its getters are read for each response.
  row: z
    .custom<VendorRow>(isPlainObject, "must be a plain object")
    .superRefine((row, context) => {
      const fault = isPlainObject(row) ? jsonFaultOf(valuesOf(row)) : null;
      if (fault !== null) context.addIssue({ code: "custom", path: [...fault.path], message: fault.rule });
    })
    .optional(),
} satisfies Record<keyof CustomCall, z.ZodType>;

/** The schema of a {@link CustomCall}. */
export const customCallSchema = z
  .strictObject(shape)
  .superRefine(({ startedAt, answeredAt, endedAt, listedFrom, removedAt }, context) => {
    const refuse = (field: string, message: string) => {
      context.addIssue({ code: "custom", path: [field], message });
    };
    const start = startedAt.getTime();
    const end = endedAt === null ? Number.POSITIVE_INFINITY : (endedAt?.getTime() ?? start + DEFAULT_DURATION_MS);
    const connected = answeredAt?.getTime() ?? start;
    const listed = Math.max(start, listedFrom?.getTime() ?? start);
    if (removedAt !== undefined && removedAt.getTime() <= listed)
      refuse("removedAt", "must be after `startedAt` and `listedFrom`, because the call would never be listed");
    if (end < start) refuse("endedAt", "must not be before `startedAt`");
    else if (connected < start || connected > end)
      refuse("answeredAt", "must be from `startedAt` to `endedAt`, which is by default 60 s after the start");
  });
