import { z } from "zod";
import { readOptions } from "../../columns/read-options.js";
import type { AccountReport, GapReason } from "../../index.js";

const time = z.iso.datetime({ offset: true });
const interval = z.object({ from: time, to: time });
const reasons = [
  "retention",
  "failed",
  "incomplete",
  "unreadable",
  "filtered",
  "stopped",
  "abandoned",
] as const satisfies readonly GapReason[];

const proofSchema = z.object({
  account: z.string(),
  provider: z.string(),
  status: z.enum(["complete", "partial", "failed", "unsupported"]),
  error: z.object({ message: z.string() }).optional(),
  unreadable: z.int().nonnegative(),
  coverage: z.array(interval),
  unsettled: z.array(interval),
  gaps: z.array(interval.extend({ reason: z.enum(reasons) })),
});

/** The parts of an account's report that the page shows. */
export type AccountProof = z.output<typeof proofSchema>;

/** @throws RequestError that names the first wrong field of the reports. */
export function readProof(owner: string, proof: readonly AccountReport[] | null): AccountProof[] | null {
  if (proof === null) return null;
  const schema = z.object({ proof: z.array(proofSchema) });
  return readOptions(`${owner}: argument \`metrics\``, schema, { proof }).proof;
}
