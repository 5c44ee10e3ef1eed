import fc from "fast-check";
import type { CallRecordOverrides } from "call-records/testing";
import { callStates, directions, outcomes } from "../../src/model/call-record.js";

const START = Date.UTC(2026, 10, 2, 1);
const TIMES = ["startedAt", "queuedAt", "ringingAt", "answeredAt", "endedAt"] as const;

const party = fc.constantFrom(
  null,
  { number: "5" },
  { number: "+442079460018" },
  { e164: "+8613912345678" },
  { region: "GD" },
);
const parties = fc.oneof(
  fc.record({ customer: party, line: party, direction: fc.constantFrom(...directions) }, { requiredKeys: [] }),
  fc.record(
    { caller: fc.constantFrom(null, { region: "GD" }), customer: party, callee: fc.constant(null), line: party },
    { requiredKeys: [] },
  ),
  fc.record({ caller: party, callee: party }, { requiredKeys: [] }),
  fc.record(
    { customer: party, line: party, direction: fc.constantFrom("inbound", "outbound") },
    { requiredKeys: ["direction"] },
  ),
);

/** Given times are in their order, because overrides that contradict each other are not changed. */
const times = fc
  .record({
    names: fc.subarray([...TIMES]),
    from: fc.constantFrom(START, START + 1000, START + 5 * 3_600_000, Date.UTC(2020, 0, 1), Date.UTC(2031, 0, 1)),
    gaps: fc.array(fc.nat(400_000), { minLength: 5, maxLength: 5 }),
  })
  .map(({ names, from, gaps }) => {
    let at = from;
    return Object.fromEntries(names.map((name, index) => [name, new Date((at += gaps[index] ?? 0))]));
  });

/** Legs with times, without other times that they may contradict. */
const timedLegs = fc
  .constantFrom(
    [{ answeredAt: new Date(START + 20_000) }],
    [{ endedAt: new Date(START + 300_000) }],
    [{ endedAt: new Date(START + 3_000) }, {}],
    [{ endedAt: new Date(START - 86_400_000) }, { startedAt: new Date(START - 86_000_000) }],
    [{ startedAt: new Date(START + 3_000), ringingAt: new Date(START + 4_000) }],
    [{ answeredAt: null }],
    [{ answeredAt: null, agent: { id: "8" } }, { answeredAt: new Date(START + 40_000) }],
    [{ answeredAt: new Date(START + 90_000) }, { role: "customer" as const, endedAt: new Date(START + 95_000) }],
    [{ ringingAt: null }],
    [{ endedAt: null }],
  )
  .map((legs) => ({ legs }));

const seconds = fc.nat(4000);
const others = fc.record(
  {
    direction: fc.constantFrom(...directions),
    state: fc.constantFrom(...callStates),
    outcome: fc.constantFrom(...outcomes, null),
    answeredAt: fc.constant(null),
    endedAt: fc.constant(null),
    ringingAt: fc.constant(null),
    queuedAt: fc.constant(null),
    talkSeconds: seconds,
    waitSeconds: seconds,
    ringSeconds: seconds,
    ivrSeconds: seconds,
    agent: fc.constantFrom(null, { id: "7" }, { name: "Daniel Smith" }),
    legs: fc.constantFrom(
      [],
      [{}],
      [{ agent: { id: "8" } }],
      [{ transferredTo: "9" }, { role: "customer" as const }],
      [{ talkSeconds: 12 }],
      [{ talkSeconds: 12 }, { talkSeconds: 30 }],
      [{ recordings: [] }],
      [{ recordings: [{ id: "2" }] }],
    ),
    transferred: fc.boolean(),
    recordings: fc.constantFrom([], [{ id: "3" }]),
    menuKeys: fc.constantFrom([], [{ key: "1" }], [{ key: "2" }]),
    queue: fc.constantFrom(null, { name: "Sales" }, { id: "7" }),
    hangup: fc.constantFrom(null, { by: "system" as const }, { code: "9" }, { code: "1" }, { reason: "other" }),
    remark: fc.string(),
  },
  { requiredKeys: [] },
);

/** Returns the fields of which a few are chosen, so that single ones and combinations occur. */
export const recordOverrides: fc.Arbitrary<CallRecordOverrides> = fc
  .record({
    parties,
    times: fc.oneof(times, times, timedLegs),
    others,
    share: fc.constantFrom(1, 2, 4, 8),
    chances: fc.array(fc.nat(7), { minLength: 30, maxLength: 30 }),
  })
  .map(({ parties, times, others, share, chances }) => {
    const hasSides = "direction" in parties;
    const chosen = Object.entries({ ...others, ...times }).filter((_, index) => (chances[index] ?? 0) % share === 0);
    const { direction, transferred, ...rest }: CallRecordOverrides = Object.fromEntries(chosen);
    return {
      ...rest,
      // The legs show whether the call was transferred.
      ...(transferred === undefined || "legs" in rest ? {} : { transferred }),
      ...(direction === undefined || hasSides ? {} : { direction }),
      ...parties,
    };
  });
