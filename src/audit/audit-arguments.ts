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
import type { AuditReport } from "./audit-report.js";

/** Arguments of `auditDestination`, beside the client and the destination. */
export interface AuditArguments extends RangeArguments, AccountsArgument, Omit<PolicyArguments, "totalTimeoutMs"> {
  /** Whether missing and changed calls are written, and calls that the vendor no longer lists are marked. Default false: the audit only reports. */
  repair?: boolean | undefined;
  /** `false` leaves the vendor's own row out of the calls that a repair writes. Use the value of `syncTo`. Default: true. */
  raw?: boolean | undefined;
  /** Is called repeatedly with the report so far, for example to show the progress. An error that it throws ends the audit. */
  onProgress?: ((report: AuditReport) => void) | undefined;
}

const policySchema = z.strictObject(policyFields).omit({ totalTimeoutMs: true }).partial();

export const auditSchema = z.strictObject({
  ...rangeFields,
  ...accountsFields,
  ...policySchema.shape,
  repair: z.boolean().default(false),
  raw: z.boolean().default(true),
  onProgress: callbackSchema<AuditReport>().optional(),
});
