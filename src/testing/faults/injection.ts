import { URL } from "node:url";
import { z } from "zod";
import { dateSchema, wholeOrInfinity } from "../input-schemas.js";
import { readInput } from "../read-input.js";
import { definitionOf, VENDOR_IDS, type VendorId } from "../vendors.js";
import { canAffect, canOccur, FAULT_KINDS, type FaultKind, hasRetryAfter } from "./fault-kinds.js";

/** Selects the requests to which an injected fault applies. */
export interface Injection<Vendors extends VendorId = VendorId> {
  /** One of the started vendors; default: any. */
  vendor?: Vendors | undefined;
  /** The label of an account; default: any. */
  account?: string | undefined;
  /** The vendor's name of the operation, as in `requests`; default: any to which the kind applies. */
  operation?: string | undefined;
  /** The number of requests with the fault; default 1. `Infinity`: all later requests. */
  times?: number | undefined;
  /** The number of matching requests without the fault before it; default 0. */
  after?: number | undefined;
  /** The Retry-After header of the response, in seconds or as a date. Default: none. */
  retryAfter?: number | Date | undefined;
  /** The target of a `redirect`; default a host that does not exist. */
  location?: string | undefined;
}

/** An injected fault that has not occurred as often as requested. */
export interface PendingInjection extends Injection {
  kind: FaultKind;
  times: number;
  after: number;
}

/** The labels of the accounts of each started vendor. */
export type AccountLabels = ReadonlyMap<VendorId, readonly string[]>;

const injectionSchema = z.strictObject({
  vendor: z.enum(VENDOR_IDS).optional(),
  account: z.string().optional(),
  operation: z.string().min(1, "must not be empty").optional(),
  times: wholeOrInfinity(1).default(1),
  after: z.int().min(0).default(0),
  retryAfter: z.union([z.number().min(0), dateSchema], "must be seconds of at least 0, or a valid Date").optional(),
  location: z
    .string()
    .refine(isTarget, "must be an http or https URL or a path, in printable ASCII without spaces")
    .optional(),
} satisfies Record<keyof Injection, z.ZodType>);

function isTarget(location: string): boolean {
  if (!/^[\x21-\x7e]+$/.test(location)) return false;
  return location.startsWith("/") || (/^https?:/i.test(location) && URL.canParse(location));
}

/** Returns an injection with its defaults. @throws RangeError naming an argument that breaks a rule, or for a fault that could never occur. */
export function readInjection(kind: FaultKind, injection: Injection, accounts: AccountLabels): PendingInjection {
  if (!FAULT_KINDS.includes(kind))
    throw new RangeError(`inject: there is no fault \`${kind}\`. The kinds are ${FAULT_KINDS.join(", ")}.`);
  const read = readInput("inject", injectionSchema, injection);
  const { vendor, account, operation } = read;
  const refuse = (option: string, rule: string) => new RangeError(`inject: option \`${option}\`: ${rule}.`);
  if (vendor !== undefined && !accounts.has(vendor))
    throw refuse("vendor", `must be a vendor that is started: ${[...accounts.keys()].join(", ")}`);
  const ofVendor = [...accounts].filter(([id]) => (vendor ?? id) === id);
  const labels = ofVendor.flatMap(([, own]) => own);
  if (account !== undefined && !labels.includes(account))
    throw refuse("account", `must be one of the accounts ${labels.join(", ")}`);
  const vendors = ofVendor.flatMap(([id, own]) => (account === undefined || own.includes(account) ? [id] : []));
  if (!vendors.some((id) => canOccur(kind, id)))
    throw new RangeError(`inject: the fault \`${kind}\` does not apply to any operation of ${vendors.join(" or ")}.`);
  const named = vendors.filter((id) => operation === undefined || definitionOf(id).operations.includes(operation));
  if (operation !== undefined && named.length === 0) {
    const all = vendors.flatMap((id) => definitionOf(id).operations);
    throw refuse("operation", `must be an operation of ${vendors.join(" or ")}: ${all.join(", ")}`);
  }
  if (read.retryAfter !== undefined && !hasRetryAfter(kind))
    throw refuse("retryAfter", `must be left out, because the response of the fault \`${kind}\` has no such header`);
  if (read.location !== undefined && kind !== "redirect")
    throw refuse("location", `must be left out, because the fault \`${kind}\` is no redirect`);
  if (operation !== undefined && !named.some((id) => canAffect(kind, id, operation)))
    throw refuse("operation", `the fault \`${kind}\` does not apply to it`);
  return { ...read, kind };
}
