import { z } from "zod";
import { taskTypes, type TaskType } from "./codes.js";
import { CALLER_MAX_LENGTH } from "./limits.js";

/** The filters of `queryCallDetailRecord`. */
export interface HuaweiCecFilters {
  /**
   * `"0"` every task but ITA bidirectional calls, `"1"` CEC bidirectional, `"2"` anonymous outbound, `"3"` voice notification,
   * `"4"` ITA bidirectional. Default: `"0"` and `"4"` one after the other, which together are all calls.
   */
  taskType?: TaskType | undefined;
  /** The calling number, at most 32 characters. Not documented: whether a part of it matches. */
  caller?: string | undefined;
}

export const filtersSchema = z.strictObject({
  taskType: z.enum(taskTypes).optional(),
  caller: z
    .string()
    .min(1, "must not be empty")
    .max(CALLER_MAX_LENGTH, `must have at most ${CALLER_MAX_LENGTH} characters`)
    .optional(),
});
