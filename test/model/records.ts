import fc from "fast-check";
import {
  type CallRecord,
  callKinds,
  callStates,
  directions,
  outcomes,
  type Recording,
} from "../../src/model/call-record.js";
import type { Agent, Party } from "../../src/model/party.js";
import type { UsageSummary } from "../../src/model/usage-summary.js";

const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const text = orNull(fc.string());
// The JSON form supports only years with four digits, and no negative zero.
const date = fc.date({
  min: new Date("0000-01-02T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});
const instant = orNull(date);
const amount = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((number) => number + 0);
const count = orNull(amount);
const seconds = orNull(fc.nat());
const raw = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);

const party: fc.Arbitrary<Party> = fc.record({
  number: text,
  e164: text,
  displayNumber: text,
  protectedId: text,
  region: text,
});
const agent: fc.Arbitrary<Agent> = fc.record({
  id: text,
  name: text,
  email: text,
  phone: text,
  groupId: text,
  groupName: text,
});
const recording: fc.Arbitrary<Recording> = fc.record({
  id: text,
  url: text,
  kind: fc.constantFrom("call", "voicemail"),
  transcriptUrl: text,
});

/** Generates any call record. */
export const callRecords: fc.Arbitrary<CallRecord> = fc.record({
  provider: fc.string(),
  account: fc.string(),
  application: text,
  id: fc.string(),
  relatedIds: fc.dictionary(fc.stringMatching(/^[a-zA-Z]\w{0,8}$/), fc.string(), { noNullPrototype: true, maxKeys: 4 }),
  direction: fc.constantFrom(...directions),
  kind: fc.constantFrom(...callKinds),
  state: fc.constantFrom(...callStates),
  outcome: orNull(fc.constantFrom(...outcomes)),
  caller: orNull(party),
  callee: orNull(party),
  customer: orNull(party),
  line: orNull(party),
  agent: orNull(agent),
  queue: orNull(fc.record({ id: text, name: text })),
  startedAt: date,
  queuedAt: instant,
  ringingAt: instant,
  answeredAt: instant,
  endedAt: instant,
  ringSeconds: seconds,
  waitSeconds: seconds,
  talkSeconds: seconds,
  ivrSeconds: seconds,
  hangup: orNull(
    fc.record({ by: fc.constantFrom("agent", "customer", "system", "unknown"), code: text, reason: text }),
  ),
  legs: fc.array(
    fc.record({
      role: fc.constantFrom("agent", "customer", "unknown"),
      number: text,
      agent: orNull(agent),
      startedAt: instant,
      ringingAt: instant,
      answeredAt: instant,
      endedAt: instant,
      talkSeconds: seconds,
      transferredFrom: text,
      transferredTo: text,
      recordings: fc.array(recording, { maxLength: 2 }),
    }),
    { maxLength: 3 },
  ),
  transferred: orNull(fc.boolean()),
  menuKeys: fc.array(fc.record({ key: fc.string(), label: text, at: instant }), { maxLength: 3 }),
  satisfaction: orNull(fc.record({ key: fc.string(), label: text })),
  cost: orNull(
    fc.record({ amount: fc.stringMatching(/^-?[0-9]+(\.[0-9]+)?$/), currency: fc.stringMatching(/^[A-Z]{3}$/) }),
  ),
  recordings: fc.array(recording, { maxLength: 2 }),
  tags: fc.array(fc.string(), { maxLength: 3 }),
  remark: text,
  customData: text,
  updatedAt: instant,
  raw,
});

/** Generates any usage summary. */
export const usageSummaries: fc.Arbitrary<UsageSummary> = fc.record({
  provider: fc.string(),
  account: fc.string(),
  application: text,
  from: date,
  to: date,
  source: fc.constantFrom("vendor", "records"),
  calls: orNull(fc.record({ total: fc.nat(), answered: fc.nat(), inbound: fc.nat(), outbound: fc.nat() })),
  minutes: fc.record({
    outbound: count,
    inbound: count,
    voip: count,
    unclassified: count,
    asrOffline: count,
    asrRealtime: count,
  }),
  talkSeconds: count,
  answeredWithoutDuration: count,
  seats: count,
  complete: fc.boolean(),
  raw: fc.array(raw, { maxLength: 3 }),
});
