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
    expect(call.satisfaction).toBeNull();
    if (!given.has("recordings") && !given.has("legs")) expect(call.recordings).toEqual([]);
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
      "legs",
      "queue",
    ].filter((field) => given.has(field));
    return !given.has(own) || set.length === 1;
  };
  const waitEnd = answeredAt ?? endedAt;
  const hasTalk = state === "ended" && (outcome === "answered" || answeredAt !== null);
  const isTimed = [...durations, "startedAt", "queuedAt", "ringingAt", "answeredAt", "endedAt"].some((name) =>
    given.has(name),
  );
  const mayDiffer = given.has("legs") && isTimed;
  if (isFree("talkSeconds") && hasTalk && outcome === "answered" && !mayDiffer)
    expect(call.talkSeconds).toBe(seconds(answeredAt, endedAt));
  if (!given.has("talkSeconds") && !given.has("legs") && state === "ended" && answeredAt === null)
    expect(call.talkSeconds).toBeNull();
  if (isFree("ringSeconds")) expect(call.ringSeconds).toBe(seconds(ringingAt, waitEnd));
  if (isFree("ivrSeconds") && queuedAt !== null && call.ivrSeconds !== null && outcome !== "self-service")
    expect(call.ivrSeconds).toBe(seconds(startedAt, queuedAt));
  if (isFree("waitSeconds") && (queuedAt ?? ringingAt) !== null)
    expect(call.waitSeconds).toBe(seconds(queuedAt ?? ringingAt, waitEnd));
  if (outcome === "abandoned" && !given.has("waitSeconds") && (queuedAt ?? ringingAt) !== null && endedAt !== null)
    expect(call.waitSeconds).not.toBeNull();

  rule(["queue", "queuedAt"], () => {
    if (call.queue === null) expect(queuedAt).toBeNull();
  });
  const { hangup: override } = overrides;
  if (call.hangup !== null && (override?.code === undefined || override.reason === undefined))
    expect([null, { "1": "ended normally" }[call.hangup.code ?? ""], override?.reason]).toContain(call.hangup.reason);
  if (override?.reason !== undefined && override.code === undefined) expect(call.hangup?.code).toBeNull();
  if (overrides.queue?.id === undefined || overrides.queue.name === undefined)
    expect([null, "12", overrides.queue?.id]).toContain(call.queue?.id ?? null);
  for (const { key, label } of call.menuKeys) expect(label).toBe(key === "1" ? "Support" : null);
  const isPartyGiven = (["caller", "callee", "customer", "line"] as const).some((field) => given.has(field));
  if (!isPartyGiven && (call.direction === "inbound" || call.direction === "outbound"))
    expect([call.customer?.e164, call.line?.e164]).toEqual(["+8613800138000", "+864009282737"]);

  const [leg] = legs;
  const last = legs.at(-1);
  if (!given.has("legs") && leg !== undefined && last !== undefined) {
    expect(leg).toMatchObject({ agent, ringingAt, answeredAt });
    expect(last.endedAt).toEqual(endedAt);
    const talks = legs.map(({ talkSeconds }) => talkSeconds);
    if (talks.includes(null) || call.talkSeconds === null) expect(new Set([...talks, call.talkSeconds]).size).toBe(1);
    else expect(talks.reduce<number>((sum, talk) => sum + (talk ?? 0), 0)).toBe(call.talkSeconds);
    if (!given.has("recordings") || call.recordings.length === 0)
      expect(legs.flatMap(({ recordings }) => recordings)).toEqual(outcome === "answered" ? call.recordings : []);
    if (call.transferred === true) expect(legs).toMatchObject([{ transferredFrom: null }, { transferredTo: null }]);
  }
  if (!given.has("transferred") || !given.has("legs"))
    expect(legs.length > 0 && call.transferred).toBe(
      legs.some(({ transferredFrom, transferredTo }) => (transferredFrom ?? transferredTo) !== null),
    );
  for (const one of legs) {
    const legTimes = [startedAt, one.startedAt, one.ringingAt, one.answeredAt, one.endedAt, endedAt];
    const instants = legTimes.flatMap((time) => (time === null ? [] : [Number(time)]));
    if (!given.has("startedAt") && !given.has("endedAt") && !given.has("state") && !given.has("outcome"))
      expect(instants).toEqual([...instants].sort((a, b) => a - b));
  }
  const named = (overrides.legs ?? []).flatMap(({ talkSeconds }) => talkSeconds ?? []);
  if (named.length > 0 && !given.has("talkSeconds") && outcome === "answered" && state === "ended")
    expect(call.talkSeconds).toBe(named.reduce((sum, talk) => sum + talk, 0));
  if (given.has("legs") && !given.has("agent")) {
    const first = legs.find((one) => one.role === "agent" && one.agent !== null);
    const answered = legs.find((one) => one.role === "agent" && one.agent !== null && one.answeredAt !== null);
    if (first !== undefined) expect(agent).toEqual((answered ?? first).agent);
  }
}
