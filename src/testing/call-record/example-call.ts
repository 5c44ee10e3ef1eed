import type { Agent, CallRecord, Party } from "../../index.js";

const PARTY = { number: null, e164: null, displayNumber: null, protectedId: null, region: null };
/** The customer's side of the example. */
export const CUSTOMER: Party = { ...PARTY, number: "008613800138000", e164: "+8613800138000" };
/** The company's side of the example. */
export const LINE: Party = { ...PARTY, number: "00864009282737", e164: "+864009282737" };
/** The caller and the callee of an internal call. */
export const STAFF: readonly [Party, Party] = [
  { ...PARTY, number: "1002" },
  { ...PARTY, number: "1001" },
];
/** The agent of the example. */
export const AGENT: Agent & { id: string } = {
  id: "1001",
  name: "Grace O'Neill",
  email: "grace.oneill@example.com",
  phone: null,
  groupId: "12",
  groupName: "Support",
};
/** The agent to whom a call is transferred. */
export const SECOND_AGENT: Agent & { id: string } = {
  ...AGENT,
  id: "1002",
  name: "Daniel Smith",
  email: "daniel.smith@example.com",
};
const RECORDING = { id: "recording-1", url: null, kind: "call", transcriptUrl: null } as const;

/** The start of the example. */
export const STARTED_AT = new Date("2026-11-02T01:00:00Z");
/** The seconds from the start of the example to its other times. */
export const SECONDS = { menuKey: 1, queuedAt: 2, ringingAt: 5, answeredAt: 10, endedAt: 70, talk: 60 } as const;

/** Returns an answered inbound call with all its parts, so that any part of it can be overridden. It has one line for each field. */
export function exampleCall(): CallRecord {
  const after = (seconds: number) => new Date(STARTED_AT.getTime() + seconds * 1000);
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
    startedAt: after(0),
    queuedAt: after(SECONDS.queuedAt),
    ringingAt: after(SECONDS.ringingAt),
    answeredAt: after(SECONDS.answeredAt),
    endedAt: after(SECONDS.endedAt),
    ringSeconds: 5,
    waitSeconds: 8,
    talkSeconds: SECONDS.talk,
    ivrSeconds: 2,
    hangup: { by: "customer", code: "1", reason: "ended normally" },
    legs: [
      {
        role: "agent",
        number: null,
        agent: AGENT,
        startedAt: after(SECONDS.queuedAt),
        ringingAt: after(SECONDS.ringingAt),
        answeredAt: after(SECONDS.answeredAt),
        endedAt: after(SECONDS.endedAt),
        talkSeconds: SECONDS.talk,
        transferredFrom: null,
        transferredTo: null,
        recordings: [RECORDING],
      },
    ],
    transferred: false,
    menuKeys: [{ key: "1", label: "Support", at: after(SECONDS.menuKey) }],
    satisfaction: { key: "5", label: null },
    cost: { amount: "0.12", currency: "CNY" },
    recordings: [RECORDING],
    tags: [],
    remark: null,
    customData: null,
    updatedAt: null,
  };
}
