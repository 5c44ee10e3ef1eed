import { expect } from "vitest";
import type { CallRecord } from "call-records";
import type { CallRecordOverrides } from "call-records/testing";
import { assertFieldsAgree } from "../../src/testing/conformance/field-checks.js";
import { e164Of } from "../../src/contract/phone-number.js";

type Field = keyof CallRecord;

/** Asserts that the fields of a record agree. A rule is not checked where the overrides alone may contradict it: where they set two of its fields. */
export function assertConsistent(call: CallRecord, overrides: CallRecordOverrides): void {
  const given = new Set<string>(Object.keys(overrides));
  const rule = (fields: readonly Field[], check: () => void) => {
    if (fields.filter((field) => given.has(field)).length < 2) check();
  };
  assertFieldsAgree(call, "the record");
  for (const party of [call.caller, call.callee])
    expect(party === null ? null : e164Of(party.number)).toBe(party?.e164 ?? null);

  const { state, outcome, startedAt, queuedAt, ringingAt, answeredAt, endedAt, agent, legs } = call;
  const times = [startedAt, queuedAt, ringingAt, answeredAt, endedAt].flatMap((time) =>
    time === null ? [] : [Number(time)],
  );
  expect(times).toEqual([...times].sort((one, other) => one - other));
  rule(["state", "outcome"], () => {
    expect(outcome === null).toBe(state !== "ended");
  });
  rule(["state", "outcome", "endedAt"], () => {
    expect(endedAt === null).toBe(state !== "ended");
  });
  rule(["state", "outcome", "endedAt", "hangup"], () => {
    if (state !== "ended" || given.has("hangup")) return;
    expect(call.hangup).not.toBeNull();
    if (outcome !== "answered") expect(call.hangup?.code).not.toBe("1");
  });
  if (state !== "ended") {
    rule(["state", "outcome", "endedAt", "talkSeconds"], () => {
      expect(given.has("talkSeconds") ? null : call.talkSeconds).toBeNull();
    });
    rule(["state", "outcome", "endedAt", "hangup"], () => {
      expect(given.has("hangup") ? null : call.hangup).toBeNull();
    });
    expect([call.satisfaction, call.recordings]).toEqual([null, []]);
  }
  rule(["state", "outcome", "answeredAt", "endedAt"], () => {
    expect(answeredAt !== null).toBe(state === "in-progress" || outcome === "answered");
  });

  const seconds = (from: Date | null, to: Date | null) =>
    from === null || to === null ? null : Math.round((Number(to) - Number(from)) / 1000);
  const durations = ["talkSeconds", "waitSeconds", "ringSeconds", "ivrSeconds"] as const;
  // Only one duration, and no time that may contradict it.
  const isFree = (own: Field) => {
    const set = [
      ...durations,
      "startedAt",
      "queuedAt",
      "ringingAt",
      "answeredAt",
      "endedAt",
      "state",
      "outcome",
    ].filter((field) => given.has(field));
    return !given.has(own) || set.length === 1;
  };
  const waitEnd = answeredAt ?? endedAt;
  const hasTalk = state === "ended" && (outcome === "answered" || answeredAt !== null);
  if (isFree("talkSeconds") && hasTalk && outcome === "answered")
    expect(call.talkSeconds).toBe(seconds(answeredAt, endedAt));
  if (!given.has("talkSeconds") && state === "ended" && answeredAt === null) expect(call.talkSeconds).toBeNull();
  if (isFree("ringSeconds")) expect(call.ringSeconds).toBe(seconds(ringingAt, waitEnd));
  if (isFree("waitSeconds") && (queuedAt ?? ringingAt) !== null)
    expect(call.waitSeconds).toBe(seconds(queuedAt ?? ringingAt, waitEnd));
  if (outcome === "abandoned" && !given.has("waitSeconds") && (queuedAt ?? ringingAt) !== null && endedAt !== null)
    expect(call.waitSeconds).not.toBeNull();

  const [leg] = legs;
  if (!given.has("legs") && leg !== undefined)
    expect(leg).toMatchObject({ agent, ringingAt, answeredAt, endedAt, talkSeconds: call.talkSeconds });
  if (given.has("legs") && !given.has("agent")) {
    const named = legs.find((one) => one.role === "agent" && one.agent !== null);
    if (named !== undefined) expect(agent).toEqual(named.agent);
  }
}
