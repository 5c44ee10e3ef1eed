import type { CallRecord } from "call-records";
import { callRecord, type CallRecordOverrides } from "call-records/testing";

/** The number of the customer in docs/sql.md. */
export const theCustomer = "+8613800138000";
const OTHER = { number: "008613900139000", e164: "+8613900139000" };
/** A customer whose number has no country code. */
const NATIONAL = { number: "13700137000", e164: null };
const DANIEL = { id: "1002", name: "Daniel Smith" };
/** The same customer as `theCustomer`, as another vendor writes the number. */
const SAME_CUSTOMER = { number: "13800138000", e164: null };

let next = 0;
function call(startedAt: string, overrides: CallRecordOverrides = {}): CallRecord {
  next += 1;
  return callRecord({ id: `call-${String(next).padStart(2, "0")}`, startedAt: new Date(startedAt), ...overrides });
}

const unanswered = { agent: null, answeredAt: null } as const;

/** Calls on both sides of the limits of days, hours and definitions. */
export const queriedCalls: readonly CallRecord[] = [
  // The same hour in Shanghai on two days; one answered of three offered.
  call("2026-10-31T01:00:00Z", { waitSeconds: 8 }),
  call("2026-10-31T01:10:00Z", { outcome: "abandoned", caller: OTHER, waitSeconds: 95, ...unanswered }),
  call("2026-10-30T01:20:00Z", { outcome: "no-agent", caller: OTHER, ...unanswered }),
  // 23:59:59 in Shanghai is the same day there, and midnight is the next one. Both are the same day in UTC.
  call("2026-10-31T15:59:59Z", { outcome: "no-answer", waitSeconds: 30, ...unanswered }),
  call("2026-10-31T16:00:00Z", { waitSeconds: 300 }),
  // The end of a day in UTC.
  call("2026-10-30T23:59:59.999Z", { waitSeconds: 41, agent: DANIEL, queue: null }),
  call("2026-10-31T00:00:00Z", { waitSeconds: null, agent: DANIEL }),
  // Not offered.
  call("2026-10-31T02:00:00Z", { outcome: "self-service", ...unanswered }),
  call("2026-10-31T02:01:00Z", { outcome: "blocked", ...unanswered }),
  call("2026-10-31T02:02:00Z", { outcome: "out-of-hours", ...unanswered }),
  // Offered, although the outcome is unknown.
  call("2026-10-31T02:03:00Z", { outcome: null, caller: NATIONAL, ...unanswered }),
  // Not counted at all.
  call("2026-10-31T02:04:00Z", { direction: "internal" }),
  call("2026-10-31T02:05:00Z", { state: "in-progress" }),
  { ...call("2026-10-31T02:06:00Z", { waitSeconds: 999 }), id: "delisted" },
  // The direction is unknown.
  call("2026-10-31T02:07:00Z", { direction: "unknown", agent: null }),
  // Responses: too early, from another account, and to a number without a country code.
  call("2026-10-31T01:09:00Z", { direction: "outbound", callee: OTHER, outcome: "busy", ...unanswered }),
  call("2026-10-31T01:25:30Z", { direction: "outbound", callee: OTHER, account: "second", provider: "itniotech" }),
  call("2026-10-31T03:00:00Z", { direction: "outbound", callee: OTHER, agent: DANIEL }),
  call("2026-10-31T05:03:00Z", {
    direction: "outbound",
    callee: NATIONAL,
    account: "second",
    provider: "itniotech",
    outcome: "no-answer",
  }),
  // The customer's other calls: at another account, and with two legs.
  call("2026-10-29T03:00:00Z", { caller: SAME_CUSTOMER, account: "second", provider: "itniotech", application: "7" }),
  call("2026-10-29T04:00:00Z", {
    account: "second",
    provider: "itniotech",
    legs: [{}, { role: "agent", agent: DANIEL, talkSeconds: 20 }],
  }),
];

/** Calls that the views do not contain. */
export function isCounted({ id, state, direction }: CallRecord): boolean {
  return state === "ended" && id !== "delisted" && direction !== "internal";
}
