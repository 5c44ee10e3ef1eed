import { z } from "zod";
import { VENDOR_IDS } from "../vendors.js";
import { FAULT_KINDS } from "./fault-kinds.js";
import type { FaultOptions } from "./fault-plan.js";
import { wholeOrInfinity } from "../input-schemas.js";

/** The schema of {@link FaultOptions}. */
export const faultSchema = z.strictObject({
  seed: z.int().optional(),
  share: z.number().min(0).max(1),
  kinds: z.array(z.enum(FAULT_KINDS)).min(1, "must contain at least one kind").optional(),
  vendors: z.array(z.enum(VENDOR_IDS)).min(1, "must contain at least one vendor").optional(),
  max: wholeOrInfinity(0).optional(),
} satisfies Record<keyof FaultOptions, z.ZodType>);
