import { z } from "zod";
import type { JsonValue } from "../../contract/http.js";
import { describeIssues } from "../../contract/options.js";
import type { Interval } from "../../model/interval.js";
import { CheckpointError } from "../../model/errors.js";
import type { CheckpointParts } from "./checkpoint-store.js";

/** By which a checkpoint is told from any other JSON. */
const FORMAT = "call-records/checkpoint";
/** The version that is written. */
const VERSION = 1;

/** What has been read of one of a vendor's lists, by the time that the vendor filters on. */
export interface ListCheckpoint {
  /** The vendor's application that the list is of, or null. */
  application: string | null;
  /** By what the list is asked for, in the vendor's names, such as Huawei's `taskType`. */
  parameters: Record<string, string>;
  /** Settled, and adding up: never read again. */
  verified: Interval[];
  /** Read, but not proven: read again in the next pass. */
  read: Interval[];
  /** Not proven when it was asked for, because it failed or because it did not add up: asked for in smaller windows in the next pass. */
  unverified: (Interval & {
    /** The result of the window: it could not be read, or its rows do not match the vendor's total. */
    result: "failed" | "incomplete";
  })[];
  /** Proven before, and to be read again for the calls that start in `passedOver`: those were passed over then. */
  again: Interval[];
  /** By the start of calls: ground that was asked for after what is beside it had been proven. */
  passedOver: Interval[];
  /**
   * Proven before ground was asked for, and not read again for it, as it lies farther from it than `longestCallSeconds`: where that is made longer, it is read
   * again for the calls that start in this ground. Left out where there is none.
   */
  unsearched?:
    | {
        /** By the start of calls. */
        requested: Interval[];
        /** By the time that the vendor filters on. */
        verified: Interval[];
      }[]
    | undefined;
  /** By the start of calls: every call in it has been handed out in its last form. */
  complete: Interval[];
  /** By the start of calls: what the vendor no longer kept when it was to be read. */
  lost: Interval[];
}

/** Which account at the vendor a checkpoint is of. */
export interface CheckpointIdentity {
  /** Base URL of the vendor's API; null where a client of the user's decides it. */
  endpoint: string | null;
  /** A keyed hash of the public half of the credentials; null where it is not known. */
  publicKeyHash: string | null;
}

/** The options on which it depends what a checkpoint's ranges prove. Where one changes, what no longer holds is read again. */
export interface CheckpointSettings {
  /** Zone of the times of rows; null where rows tell instants. */
  timeZone: string | null;
  /** Zone of the days that windows are asked for by; null where they are asked for by instants. */
  dayTimeZone: string | null;
  /** Which of a call's times windows were taken to filter on. */
  filtersOn: "start" | "unknown";
  /** How the end of a window was taken to be read. */
  windowEnd: "inclusive" | "exclusive" | "unknown";
  /** By so many seconds windows reached beyond the ground at both ends; 0 where they filter on the start. */
  longestCallSeconds: number;
}

/**
 * Where the sync of one account stands: plain JSON, to be kept as it is. Its size is that of the tail: what may still change; of what is
 * complete it holds intervals only.
 */
export interface SyncCheckpoint {
  /** By which a checkpoint is told from any other JSON. */
  format: typeof FORMAT;
  /** Of the form; a later library reads earlier ones. */
  version: typeof VERSION;
  /** Label of the account: another's is refused. */
  account: string;
  /** The provider's id: another's is refused. */
  provider: string;
  /** The account at the vendor, as of the last pass; null where the provider does not tell. */
  identity: CheckpointIdentity | null;
  /** The options under which it was read; null where nothing was. */
  settings: CheckpointSettings | null;
  /** All ground, by the start of calls, that any pass was asked for. */
  asked: Interval[];
  /** What of it was given up by `abandon`. */
  abandoned: Interval[];
  /** The latest start of a call that was handed out: no pass was earlier, whatever its clock said. Null where there was none. */
  latestStart: string | null;
  /** The latest instant that a window was read by, where both this machine's clock and the vendor's `Date` had reached it. Left out where there is none. */
  witnessed?: string | undefined;
  /** One for each list of the vendor's that the account is read from, such as an application. */
  lists: ListCheckpoint[];
  /** Keys and contents of the calls that may come again, by application and quarter of an hour. */
  unsettledHashes: Record<string, string[]>;
}

/** The part of a store that holds all but the tail, whose segments are parts of their own. */
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
  identity: z.strictObject({ endpoint: z.string().nullable(), publicKeyHash: z.string().nullable() }).nullable(),
  settings: z
    .strictObject({
      timeZone: z.string().nullable(),
      dayTimeZone: z.string().nullable(),
      filtersOn: z.enum(["start", "unknown"]),
      windowEnd: z.enum(["inclusive", "exclusive", "unknown"]),
      longestCallSeconds: z.number().nonnegative(),
    })
    .nullable(),
  asked: intervals,
  abandoned: intervals,
  latestStart: instant.nullable(),
  witnessed: instant.optional(),
  lists: z.array(
    z.strictObject({
      application: z.string().nullable(),
      parameters: z.record(z.string(), z.string()),
      verified: intervals,
      read: intervals,
      unverified: unverifiedWindows,
      again: intervals,
      passedOver: intervals,
      unsearched: z.array(z.strictObject({ requested: intervals, verified: intervals })).optional(),
      complete: intervals,
      lost: intervals,
    }),
  ),
};
/** A schema for each version that was ever written, which makes the present form of it: a later version adds its own, and keeps these. */
const heads: Readonly<Record<number, z.ZodType<CheckpointHead>>> = {
  1: z.strictObject({ ...common, version: z.literal(1), segments: z.int().nonnegative() }),
};
const unsettledHashes = z
  .record(z.string(), segment)
  .refine(
    (segments) => Object.keys(segments).every((name) => isInstant(name.slice(name.lastIndexOf("@") + 1))),
    "its segments must be named by application and time",
  );

/** An account for which checkpoints are read. */
interface Owner {
  id: string;
  account: string;
}

/** What can be done about a checkpoint that cannot be used. */
const ADVICE =
  "It has not been touched. Restore it from a copy; or remove it, and everything is read again and comes as `new`.";

/** The parts of a store as one checkpoint; null where nothing was saved. @throws CheckpointError when they cannot be used. */
export function fromParts(parts: CheckpointParts, owner: Owner): SyncCheckpoint | null {
  // A store in plain JavaScript may answer anything.
  if (!isObject(parts))
    throw refused(
      owner,
      "cannot be read: the store's `load` must answer an object of parts, empty where there are none.",
    );
  const { [HEAD]: head, ...segments } = parts;
  if (typeof head === "string")
    throw refused(
      owner,
      "cannot be read: the store's `load` answers texts. It must answer the JSON that `save` was given: parse them.",
    );
  if (head === undefined && Object.keys(segments).length === 0) return null;
  const { intervals: read, segments: count } = readHead(head, owner);
  const found = Object.keys(segments).length;
  if (found !== count)
    throw refused(owner, `is damaged: it holds ${found} segments of its tail, and should hold ${count}. ${ADVICE}`);
  return { ...read, unsettledHashes: readTail(segments, owner) };
}

/** The parts that are to be saved. @param changed the segments that differ from what was saved; null for those that are to be removed. */
export function toParts(
  checkpoint: SyncCheckpoint,
  changed: ReadonlyMap<string, string[] | null>,
): Record<string, JsonValue | null> {
  const { unsettledHashes: segments, ...rest } = checkpoint;
  const head: CheckpointHead = { ...rest, segments: Object.keys(segments).length };
  return { [HEAD]: JSON.parse(JSON.stringify(head)) as JsonValue, ...Object.fromEntries(changed) };
}

/** A checkpoint that a caller has kept. @throws CheckpointError when it cannot be used. */
export function readCheckpoint(value: unknown, owner: Owner): SyncCheckpoint {
  const { unsettledHashes: segments, ...rest } = isObject(value) ? value : {};
  return { ...readHead({ ...rest, segments: 0 }, owner).intervals, unsettledHashes: readTail(segments, owner) };
}

/** The account that a value which should be a checkpoint names; null where it names none. */
export function accountOf(value: unknown): string | null {
  return isObject(value) && typeof value.account === "string" ? value.account : null;
}

function readHead(
  value: unknown,
  owner: Owner,
): { intervals: Omit<SyncCheckpoint, "unsettledHashes">; segments: number } {
  const { format, version } = isObject(value) ? value : {};
  if (format !== FORMAT) throw refused(owner, `is none of this library's. ${ADVICE}`);
  if (typeof version === "number" && version > VERSION) {
    throw refused(
      owner,
      `was written by a later version of call-records: its format is ${version}, and this one reads up to ${VERSION}. Update call-records; the checkpoint has not been touched.`,
    );
  }
  const schema = typeof version === "number" ? heads[version] : undefined;
  if (schema === undefined)
    throw refused(owner, `is damaged: \`version\` is no version that was ever written. ${ADVICE}`);
  const read = schema.safeParse(value);
  if (!read.success) throw damaged(owner, read.error);
  const { segments, ...rest } = read.data;
  const { account, provider } = rest;
  if (account !== owner.account || provider !== owner.id) {
    throw refused(
      owner,
      `is of the account \`${account}\` at ${provider}. Keep one for each account; the checkpoint has not been touched.`,
    );
  }
  return { intervals: rest, segments };
}

function readTail(value: unknown, owner: Owner): Record<string, string[]> {
  const read = z.object({ unsettledHashes }).safeParse({ unsettledHashes: value });
  if (!read.success) throw damaged(owner, read.error);
  return read.data.unsettledHashes;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether it is written just as we write instants; years beyond the four digits are. */
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
