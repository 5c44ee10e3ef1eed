import { type NumberMatching, numberTest } from "../data/number-matching.js";
import type { PlannedCall } from "../data/planned-call.js";
import { agentGroupOf, hangingDirectionOf, labelsOf } from "./record-row.js";

/** A filter of the wrong type: status -22. */
export const WRONG_TYPE = Symbol("wrong type");

type Test = (call: PlannedCall) => boolean;

function integers(value: unknown): readonly number[] | null {
  if (!Array.isArray(value)) return null;
  const entries: readonly unknown[] = value;
  const numbers = entries.filter((entry): entry is number => typeof entry === "number" && Number.isInteger(entry));
  return numbers.length === entries.length ? numbers : null;
}

function texts(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  const entries: readonly unknown[] = value;
  const strings = entries.filter((entry): entry is string => typeof entry === "string");
  return strings.length === entries.length ? strings : null;
}

/** Returns a test for calls with one of the values. An empty list accepts every call. */
function oneOf<T>(wanted: readonly T[] | null, read: (call: PlannedCall) => readonly T[]): Test | null {
  if (wanted === null) return null;
  return wanted.length === 0 ? () => true : (call) => read(call).some((value) => wanted.includes(value));
}

/** Returns the country code of `86(China)` or `86`. */
const countryCode = (text: string) => text.split("(", 1)[0] ?? text;

/** The documented filters, by name; null: the value has the wrong type. */
const FILTERS: Record<string, (value: unknown, matching: NumberMatching) => Test | null> = {
  voiceGroupId: (value) => (Number.isInteger(value) ? (call) => agentGroupOf(call)?.groupId === value : null),
  sipGroupName: (value) => (typeof value === "string" ? (call) => agentGroupOf(call)?.groupName === value : null),
  seatId: (value) => oneOf(integers(value), (call) => (call.agent === null ? [] : [Number(call.agent.staffNumber)])),
  seatNameList: (value) => oneOf(texts(value), (call) => (call.agent === null ? [] : [call.agent.name])),
  callType: (value) => oneOf(integers(value), (call) => [call.type]),
  hangupReason: (value) => oneOf(integers(value), (call) => [call.endCode]),
  calledOrCaller: (value, matching) => (typeof value === "string" ? numberTest(matching, [value]) : null),
  ccode: (value) => oneOf(texts(value)?.map(countryCode) ?? null, (call) => [countryCode(call.country)]),
  hangingDirection: (value) => oneOf(integers(value), (call) => [hangingDirectionOf(call)]),
  labelNames: (value) => oneOf(texts(value), labelsOf),
};

/** Returns the filters in a request's `params`. Null values and unknown names are ignored. */
export function readFilters(
  params: ReadonlyMap<string, unknown>,
  matching: NumberMatching,
): { name: string; matches: Test } | null | typeof WRONG_TYPE {
  const requested: [string, unknown][] = [];
  const tests: Test[] = [];
  for (const [name, readFilter] of Object.entries(FILTERS)) {
    const value = params.get(name);
    if (value === undefined || value === null) continue;
    const test = readFilter(value, matching);
    if (test === null) return WRONG_TYPE;
    requested.push([name, value]);
    tests.push(test);
  }
  return tests.length === 0
    ? null
    : { name: JSON.stringify(requested), matches: (call) => tests.every((test) => test(call)) };
}
