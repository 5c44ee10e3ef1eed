import fc from "fast-check";
import { type CallRecord, callRecordSchema } from "call-records";
import { callRecord } from "call-records/testing";

const BASE = callRecord({ direction: "inbound", agent: { id: "1" } });
const agentBase = BASE.agent;
/** Clocks in Berlin were set back on 25 October 2026 at 01:00 UTC, so these days include an hour that occurs twice. */
const FIRST_START = Date.parse("2026-10-23T00:00:00Z");
const DAYS_MS = 4 * 86_400_000;

const outcomes = callRecordSchema.shape.outcome.unwrap().options;
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: null });
const afterMs = maybe(fc.oneof(fc.integer({ min: -2_000, max: 90_000 }), fc.integer({ min: 0, max: 20_000_000 })));
const seconds = maybe(fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 9_000 })));

const drawn = fc.record({
  provider: fc.constantFrom("tencent-ccc", "tencent-ccc", "huawei-cec", "itniotech", "twilio", "__proto__"),
  account: fc.constantFrom("one", "two"),
  direction: fc.constantFrom("inbound", "inbound", "inbound", "outbound", "internal", "unknown"),
  state: fc.constantFrom("ended", "ended", "ended", "ended", "ended", "in-progress"),
  outcome: maybe(fc.constantFrom("answered", "answered", "abandoned", "abandoned", ...outcomes)),
  code: maybe(fc.constantFrom("102", "103", "ivrGiveUp", "1")),
  agentId: maybe(fc.constantFrom("1", "2", "constructor")),
  agentName: maybe(fc.constantFrom("Ann", "Bob", "1")),
  queue: maybe(fc.record({ id: maybe(fc.constantFrom("q1", "q2")), name: maybe(fc.constantFrom("Sales", "Care")) })),
  startMs: fc.integer({ min: 0, max: DAYS_MS }),
  queued: afterMs,
  ringing: afterMs,
  answered: afterMs,
  talkMs: afterMs,
  waitSeconds: seconds,
  talkSeconds: seconds,
});

/** A call with any combination of fields, also such as no vendor returns. */
export const anyCall: fc.Arbitrary<CallRecord> = drawn.map((call): CallRecord => {
  const startedAt = new Date(FIRST_START + call.startMs);
  const after = (ms: number | null) => (ms === null ? null : new Date(startedAt.getTime() + ms));
  const answeredAt = after(call.answered);
  const end = call.talkMs === null ? null : (answeredAt ?? startedAt).getTime() + Math.max(0, call.talkMs);
  const { provider, account, direction, state, outcome, waitSeconds, talkSeconds, queue } = call;
  const hasAgent = call.agentId !== null || call.agentName !== null;
  return {
    ...BASE,
    ...{ provider, account, direction, state, outcome, waitSeconds, talkSeconds, queue, startedAt, answeredAt },
    queuedAt: after(call.queued),
    ringingAt: after(call.ringing),
    endedAt: end === null ? null : new Date(end),
    hangup: call.code === null ? null : { by: "customer", code: call.code, reason: null },
    agent:
      hasAgent && agentBase !== null
        ? { ...agentBase, id: call.agentId, name: call.agentName, groupId: null, groupName: call.agentName }
        : null,
  };
});
