import { type CallRecord, callRecordSchema } from "../index.js";

/** The fields of a record to set. Objects are merged with the default, and so are the objects in a list. Any other value replaces the default. */
export type CallRecordOverrides = DeepPartial<CallRecord>;

/** A type in which every field of every object may be left out. */
export type DeepPartial<Value> = Value extends Date
  ? Value
  : Value extends readonly (infer Item)[]
    ? DeepPartial<Item>[]
    : Value extends object
      ? { [Field in keyof Value]?: DeepPartial<Value[Field]> }
      : Value;

const PARTY = { number: null, e164: null, displayNumber: null, protectedId: null, region: null };
const CUSTOMER = { ...PARTY, number: "008613800138000", e164: "+8613800138000" };
const LINE = { ...PARTY, number: "00864009282737", e164: "+864009282737" };
const AGENT = {
  id: "1001",
  name: "Grace O'Neill",
  email: "grace.oneill@example.com",
  phone: null,
  groupId: "12",
  groupName: "Support",
};
const RECORDING = { id: "recording-1", url: null, kind: "call", transcriptUrl: null } as const;

/**
 * Returns a record for tests of your code, without a client: by default an answered inbound call of a minute, without `raw`. Fields that follow from others
 * follow from your overrides: a call that is not answered has no `answeredAt`, a call that has not ended has no `outcome`, and times follow `startedAt`.
 * @example
 * callRecord({ direction: "outbound", outcome: "no-answer", agent: { name: "Daniel Smith" } });
 * @throws RangeError when a value is not valid in a record, naming the field.
 */
export function callRecord(overrides: CallRecordOverrides = {}): CallRecord {
  const record = merge(exampleAt(overrides.startedAt ?? new Date("2026-11-02T01:00:00Z")), overrides) as CallRecord;
  for (const [field, value] of Object.entries(consequencesOf(record)))
    if (!Object.hasOwn(overrides, field)) Object.assign(record, { [field]: value });
  const { error } = callRecordSchema.safeParse(record);
  for (const { path, message } of error?.issues ?? [])
    throw new RangeError(`callRecord: the field \`${path.join(".")}\` is not valid: ${message}.`);
  return record;
}

/** Returns an answered inbound call with all its parts, so that any part of it can be overridden. It has one line for each field. */
function exampleAt(startedAt: Date): CallRecord {
  const after = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000);
  return {
    provider: "tencent-ccc",
    account: "tencent-ccc",
    application: null,
    id: "call-1",
    relatedIds: {},
    direction: "inbound",
    kind: "manual",
    state: "ended",
    outcome: "answered",
    caller: CUSTOMER,
    callee: LINE,
    customer: CUSTOMER,
    line: LINE,
    agent: AGENT,
    queue: { id: "12", name: "Support" },
    startedAt,
    queuedAt: after(2),
    ringingAt: after(5),
    answeredAt: after(10),
    endedAt: after(70),
    ringSeconds: 5,
    waitSeconds: 8,
    talkSeconds: 60,
    ivrSeconds: 2,
    hangup: { by: "customer", code: "1", reason: "ended normally" },
    legs: [
      {
        role: "agent",
        number: null,
        agent: AGENT,
        startedAt: after(2),
        ringingAt: after(5),
        answeredAt: after(10),
        endedAt: after(70),
        talkSeconds: 60,
        transferredFrom: null,
        transferredTo: null,
        recordings: [RECORDING],
      },
    ],
    transferred: false,
    menuKeys: [{ key: "1", label: "Support", at: after(1) }],
    satisfaction: { key: "5", label: null },
    cost: { amount: "0.12", currency: "CNY" },
    recordings: [RECORDING],
    tags: [],
    remark: null,
    customData: null,
    updatedAt: null,
  };
}

/** Returns the fields that follow from others, where they differ from the example's. */
function consequencesOf(record: CallRecord): Partial<CallRecord> {
  const { state, outcome, answeredAt, endedAt } = record;
  const isAnswered = state === "in-progress" || (state === "ended" && outcome === "answered" && answeredAt !== null);
  return {
    ...sidesOf(record),
    ...(isAnswered
      ? {}
      : { answeredAt: null, talkSeconds: null, waitSeconds: null, satisfaction: null, recordings: [], legs: [] }),
    ...(isAnswered && answeredAt !== null && endedAt !== null
      ? { talkSeconds: Math.round((endedAt.getTime() - answeredAt.getTime()) / 1000) }
      : {}),
    ...(state === "ended" && answeredAt === null && outcome === "answered" ? { outcome: "no-answer" } : {}),
    ...(state === "ended" ? {} : { outcome: null, endedAt: null, hangup: null, talkSeconds: null, recordings: [] }),
  };
}

/** Returns the customer's side and the company's side. */
function sidesOf({ direction, caller, callee }: CallRecord): Pick<CallRecord, "customer" | "line"> {
  if (direction === "inbound") return { customer: caller, line: callee };
  return direction === "outbound" ? { customer: callee, line: caller } : { customer: null, line: null };
}

/** Merges objects. The objects of a list are merged with the first one of the example's list. */
function merge(example: unknown, override: unknown): unknown {
  if (override === undefined) return example;
  if (Array.isArray(override)) {
    const first: unknown = Array.isArray(example) ? example[0] : undefined;
    return override.map((item) => merge(first, item));
  }
  if (!isPlainObject(override)) return override;
  const base = isPlainObject(example) ? example : {};
  return {
    ...base,
    ...Object.fromEntries(Object.entries(override).map(([field, value]) => [field, merge(base[field], value)])),
  };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("getTime" in value);
}
