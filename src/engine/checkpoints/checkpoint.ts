import { z } from "zod";
import type { JsonValue } from "../../contract/http.js";
import { describeIssues } from "../../contract/parse-options.js";
import type { Interval } from "../../model/interval.js";
import { CheckpointError } from "../../model/errors.js";
import type { CheckpointParts } from "./checkpoint-store.js";

/** Identifies a checkpoint among other JSON. */
const FORMAT = "call-records/checkpoint";
/** The current version of the format. */
const VERSION = 1;

/** The state of one vendor list. Intervals are by the filter time unless stated otherwise. */
export interface ListCheckpoint {
  /** The vendor's application of the list, or null. */
  application: string | null;
  /** The request parameters of the list, in the vendor's names, such as Huawei's `taskType`. */
  parameters: Record<string, string>;
  /** Settled and adding up. It is never read again. */
  verified: Interval[];
  /** Read but not verified. It is read again in the next pass. */
  read: Interval[];
  /** Requested and not verified, because it failed or did not add up. The next pass requests it in smaller windows. */
  unverified: (Interval & {
    /** The result of the window: it could not be read, or its rows do not match the vendor's total. */
    result: "failed" | "incomplete";
  })[];
  /** Verified before, and to be read again for the calls that start in `skippedStarts`, which were skipped then. */
  reread: Interval[];
  /** Ranges, by the start of calls, that were requested after the neighbouring time was verified. */
  skippedStarts: Interval[];
  /**
   * Verified before further ranges were requested, and not read again for them, because the distance exceeds `longestCallSeconds`. If that option is raised,
   * it is read again for the calls that start in these ranges. Omitted where there is none.
   */
  unsearched?:
    | {
        /** The requested intervals, by the start of calls. */
        requested: Interval[];
        /** The verified intervals, by the time that the vendor filters on. */
        verified: Interval[];
      }[]
    | undefined;
  /** Intervals, by the start of calls, of which every call was delivered in its final form. */
  complete: Interval[];
  /** Intervals, by the start of calls, that were beyond the vendor's retention when they were due. */
  lost: Interval[];
}

/** Identifies the vendor's account of a checkpoint. */
export interface CheckpointIdentity {
  /** Base URL of the vendor's API; null where the user's own client determines it. */
  endpoint: string | null;
  /** A keyed hash of the public part of the credentials; null if unknown. */
  publicKeyHash: string | null;
  /** The label under which the hash was computed, if the account was renamed since. */
  formerLabel?: string | undefined;
}

/** The options under which the intervals were verified. If one changes, the intervals that it invalidates are read again. */
export interface CheckpointSettings {
  /** Zone of the times in rows; null where rows contain instants. */
  timeZone: string | null;
  /** Zone of the days of windows; null where windows are requested by instants. */
  dayTimeZone: string | null;
  /** The assumed filter time of windows. */
  filtersOn: "start" | "unknown";
  /** The assumed meaning of the end of a window. */
  windowEnd: "inclusive" | "exclusive" | "unknown";
  /** Seconds by which windows extended beyond the requested ranges at both ends; 0 where they filter on the start. */
  longestCallSeconds: number;
}

/**
 * The state of the sync of one account, as plain JSON to store unchanged. Its size depends on the calls that may still change. Complete time is stored as
 * intervals only.
 */
export interface SyncCheckpoint {
  /** Identifies a checkpoint among other JSON. */
  format: typeof FORMAT;
  /** Version of the format. A later library reads earlier versions. */
  version: typeof VERSION;
  /** Label of the account. A checkpoint of another account is refused. */
  account: string;
  /** Id of the provider. A checkpoint of another provider is refused. */
  provider: string;
  /** The vendor's account in the last pass; null if the provider does not state it. */
  identity: CheckpointIdentity | null;
  /** The options of the last pass; null before anything was read. */
  settings: CheckpointSettings | null;
  /** The requested ranges of all passes, by the start of calls. */
  requested: Interval[];
  /** The part of the requested ranges that `abandon` excluded. */
  abandoned: Interval[];
  /** The latest start of a delivered call; null where there was none. Every later pass runs after it, whatever its clock says. */
  latestStart: string | null;
  /** The latest instant that both this machine's clock and the vendor's `Date` had reached when a window was read. Omitted where there is none. */
  bothClocksReached?: string | undefined;
  /** One for each vendor list of the account, such as an application. */
  lists: ListCheckpoint[];
  /** Hashes and keys of the calls that may change, by application and quarter of an hour. */
  unsettledHashes: Record<string, string[]>;
}

/** The part of a store that holds all fields but the unsettled hashes. Each segment of those is a separate part. */
type CheckpointHead = Omit<SyncCheckpoint, "unsettledHashes"> & { segments: number };

const HEAD = "head";

const instant = z.string().refine((text) => isInstant(text), "must be an instant in ISO 8601");
const bounds = { from: instant, to: instant };
const endsAfterItBegins = ({ from, to }: Interval): boolean => Date.parse(from) < Date.parse(to);
const intervals = z.array(z.strictObject(bounds).refine(endsAfterItBegins, "must end after it begins"));
const unverifiedWindows = z.array(
  z
    .strictObject({ ...bounds, result: z.enum(["failed", "incomplete"]) })
    .refine(endsAfterItBegins, "must end after it begins"),
);
const segment = z.array(z.string().regex(/^\S+ /, "must be a hash and a key"));
const common = {
  format: z.literal(FORMAT),
  account: z.string(),
  provider: z.string(),
  identity: z
    .strictObject({
      endpoint: z.string().nullable(),
      publicKeyHash: z.string().nullable(),
      formerLabel: z.string().optional(),
    })
    .nullable(),
  settings: z
    .strictObject({
      timeZone: z.string().nullable(),
      dayTimeZone: z.string().nullable(),
      filtersOn: z.enum(["start", "unknown"]),
      windowEnd: z.enum(["inclusive", "exclusive", "unknown"]),
      longestCallSeconds: z.number().nonnegative(),
    })
    .nullable(),
  requested: intervals,
  abandoned: intervals,
  latestStart: instant.nullable(),
  bothClocksReached: instant.optional(),
  lists: z.array(
    z.strictObject({
      application: z.string().nullable(),
      parameters: z.record(z.string(), z.string()),
      verified: intervals,
      read: intervals,
      unverified: unverifiedWindows,
      reread: intervals,
      skippedStarts: intervals,
      unsearched: z.array(z.strictObject({ requested: intervals, verified: intervals })).optional(),
      complete: intervals,
      lost: intervals,
    }),
  ),
};
/** A schema for each version, which converts it to the current form. A later version adds a schema and keeps these. */
const heads: Readonly<Record<number, z.ZodType<CheckpointHead>>> = {
  1: z.strictObject({ ...common, version: z.literal(1), segments: z.int().nonnegative() }),
};
const unsettledHashes = z
  .record(z.string(), segment)
  .refine(
    (segments) => Object.keys(segments).every((name) => isInstant(name.slice(name.lastIndexOf("@") + 1))),
    "its segments must be named by application and time",
  );

/** The account for which checkpoints are read. */
interface Owner {
  id: string;
  account: string;
}

/** Advice for a checkpoint that cannot be used. */
const ADVICE =
  "It has not been changed. Restore it from a backup, or remove it. Then everything is read again and delivered as `new`.";

/** Reads a checkpoint from the parts of a store; null if nothing was saved. @throws CheckpointError when the parts cannot be used. */
export function fromParts(parts: CheckpointParts, owner: Owner): SyncCheckpoint | null {
  // A store in plain JavaScript may return any value.
  if (!isObject(parts))
    throw refused(
      owner,
      "cannot be read: the store's `load` must return an object of parts, which is empty for an account without a checkpoint.",
    );
  const { [HEAD]: head, ...segments } = parts;
  if (typeof head === "string")
    throw refused(
      owner,
      "cannot be read: the store's `load` returns text. It must return the JSON values that were passed to `save`, so parse the text.",
    );
  if (head === undefined && Object.keys(segments).length === 0) return null;
  const { intervals: fields, segments: count } = readHead(head, owner);
  const found = Object.keys(segments).length;
  if (found !== count)
    throw refused(owner, `is damaged: it contains ${found} segments of hashes, and should contain ${count}. ${ADVICE}`);
  return { ...fields, unsettledHashes: readHashes(segments, owner) };
}

/** Returns the parts to save. @param changed the changed segments; null for those to remove. */
export function toParts(
  checkpoint: SyncCheckpoint,
  changed: ReadonlyMap<string, string[] | null>,
): Record<string, JsonValue | null> {
  const { unsettledHashes: segments, ...rest } = checkpoint;
  const head: CheckpointHead = { ...rest, segments: Object.keys(segments).length };
  return { [HEAD]: JSON.parse(JSON.stringify(head)) as JsonValue, ...Object.fromEntries(changed) };
}

/** Reads a checkpoint that a caller has stored. @throws CheckpointError when it cannot be used. */
export function readCheckpoint(value: unknown, owner: Owner): SyncCheckpoint {
  const { unsettledHashes: segments, ...rest } = isObject(value) ? value : {};
  return { ...readHead({ ...rest, segments: 0 }, owner).intervals, unsettledHashes: readHashes(segments, owner) };
}

/** The account that a supposed checkpoint names; null where it names none. */
export function accountOf(value: unknown): string | null {
  return isObject(value) && typeof value.account === "string" ? value.account : null;
}

/** The provider that a supposed checkpoint names; null where it names none. */
export function providerOf(value: unknown): string | null {
  return isObject(value) && typeof value.provider === "string" ? value.provider : null;
}

function readHead(
  value: unknown,
  owner: Owner,
): { intervals: Omit<SyncCheckpoint, "unsettledHashes">; segments: number } {
  const { format, version } = isObject(value) ? value : {};
  if (format !== FORMAT) throw refused(owner, `was not written by this library. ${ADVICE}`);
  if (typeof version === "number" && version > VERSION) {
    throw refused(
      owner,
      `was written by a later version of call-records: its format is ${version}, and this one reads up to ${VERSION}. Update call-records; the checkpoint has not been changed.`,
    );
  }
  const schema = typeof version === "number" ? heads[version] : undefined;
  if (schema === undefined) throw refused(owner, `is damaged: \`version\` is unknown. ${ADVICE}`);
  const read = schema.safeParse(value);
  if (!read.success) throw damaged(owner, read.error);
  const { segments, ...rest } = read.data;
  const { account, provider } = rest;
  if (account !== owner.account || provider !== owner.id) {
    throw refused(
      owner,
      `belongs to the account \`${account}\` at ${provider}. Use a separate checkpoint for each account; the checkpoint has not been changed.`,
    );
  }
  return { intervals: rest, segments };
}

function readHashes(value: unknown, owner: Owner): Record<string, string[]> {
  const read = z.object({ unsettledHashes }).safeParse({ unsettledHashes: value });
  if (!read.success) throw damaged(owner, read.error);
  return read.data.unsettledHashes;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a text is exactly in the form of `toISOString`, which includes years of more than four digits. */
function isInstant(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

function damaged(owner: Owner, error: z.ZodError): CheckpointError {
  return refused(owner, `is damaged: ${describeIssues(error, "field")}. ${ADVICE}`);
}

function refused({ id: provider, account }: Owner, what: string): CheckpointError {
  return new CheckpointError(`${account}: the checkpoint ${what}`, { provider, account, operation: "sync" });
}
