import { z } from "zod";
import { dateSchema } from "../input-schemas.js";
import type { CustomCall } from "./custom-call.js";
import { DEFAULT_DURATION_MS } from "./custom-call.js";
import { ODD_TIMES, type OddTimes } from "./odd-time.js";
import type { VendorRow } from "./planned-call.js";

const oddTime = z.enum(ODD_TIMES).optional();

const shape = {
  account: z.string().optional(),
  id: z.string().min(1, "must not be empty").optional(),
  application: z.int().optional(),
  startedAt: dateSchema,
  answeredAt: dateSchema.nullish(),
  endedAt: dateSchema.nullish(),
  listedFrom: dateSchema.optional(),
  removedAt: dateSchema.optional(),
  direction: z.enum(["inbound", "outbound", "internal"]).optional(),
  type: z.int().optional(),
  endCode: z.int().optional(),
  customer: z.string().optional(),
  line: z.string().optional(),
  oddTimes: z
    .strictObject({ startedAt: oddTime, answeredAt: oddTime, endedAt: oddTime } satisfies Record<
      keyof OddTimes,
      z.ZodType
    >)
    .optional(),
  // Returned unchanged, because its getters are read for each response.
  row: z
    .custom<VendorRow>(
      (value) => typeof value === "object" && value !== null && !Array.isArray(value),
      "must be an object",
    )
    .optional(),
} satisfies Record<keyof CustomCall, z.ZodType>;

/** The schema of a {@link CustomCall}. */
export const customCallSchema = z.strictObject(shape).superRefine(({ startedAt, answeredAt, endedAt }, context) => {
  const refuse = (field: string, message: string) => {
    context.addIssue({ code: "custom", path: [field], message });
  };
  const start = startedAt.getTime();
  const end = endedAt === null ? Number.POSITIVE_INFINITY : (endedAt?.getTime() ?? start + DEFAULT_DURATION_MS);
  const connected = answeredAt?.getTime() ?? start;
  if (end < start) refuse("endedAt", "must not be before `startedAt`");
  else if (connected < start || connected > end)
    refuse("answeredAt", "must be from `startedAt` to `endedAt`, which is by default 60 s after the start");
});
