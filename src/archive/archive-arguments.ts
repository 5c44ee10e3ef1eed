import { z } from "zod";
import {
  type AccountsArgument,
  accountsFields,
  callbackSchema,
  type PolicyArguments,
  policyFields,
  type RangeArguments,
  rangeFields,
} from "../operations/arguments.js";
import type { ArchiveReport } from "./archive-report.js";

/** Arguments of `archiveRecordings`, beside the client. */
export interface ArchiveArguments
  extends
    RangeArguments,
    AccountsArgument,
    Pick<PolicyArguments, "signal" | "isolateFailures" | "beforeRetention" | "unreadableRows"> {
  /** The folder of the archive. It is created if it does not exist. Only one process can use it at a time. */
  directory: string;
  /** Maximum number of recordings that are fetched at the same time. Default 4. */
  concurrency?: number | undefined;
  /** Is called after each recording with the report so far. An error that it throws ends the run. */
  onProgress?: ((report: ArchiveReport) => void) | undefined;
}

const { signal, isolateFailures, beforeRetention, unreadableRows } = policyFields;

export const archiveSchema = z.strictObject({
  ...rangeFields,
  ...accountsFields,
  ...{ signal, isolateFailures, beforeRetention, unreadableRows },
  directory: z.string().min(1, "must not be empty"),
  concurrency: z.int().positive().max(1000).default(4),
  onProgress: callbackSchema<ArchiveReport>().optional(),
});
