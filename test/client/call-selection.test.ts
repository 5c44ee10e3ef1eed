import { beforeAll, describe, expect, it } from "vitest";
import { type CallRecord, type CallRecordsClient, type RecordsQuery, RequestError } from "call-records";
import { outcomes } from "../../src/model/call-record.js";
import { isSelected } from "../../src/operations/records/call-selection.js";
import { daysAgo, openStage, thrownBy } from "./stage.js";

const range = { from: daysAgo(12), to: daysAgo(4), order: "time" } as const;

let client: CallRecordsClient;
let all: CallRecord[];
beforeAll(async () => {
  const stage = await openStage({ emulator: { days: 14, callsPerDay: 12 } });
  client = stage.client;
  all = await client.records(range).toArray({ max: 10_000 });
});

const keyOf = ({ account, application, id }: CallRecord) => [account, application, id].join(" ");
const read = async (selection: Partial<RecordsQuery>) =>
  (await client.records({ ...range, ...selection }).toArray({ max: 10_000 })).map(keyOf);
const expected = (isWanted: (call: CallRecord) => boolean) => {
  const wanted = all.filter(isWanted).map(keyOf);
  // A selection of all or no calls would show nothing.
  expect(wanted.length).toBeGreaterThan(0);
  expect(wanted.length).toBeLessThan(all.length);
  return wanted;
};

describe("records", () => {
  it("returns only the calls with a selected outcome", { tags: ["slow"] }, async () => {
    expect(await read({ outcome: "answered" })).toEqual(expected(({ outcome }) => outcome === "answered"));
    expect(await read({ outcome: ["no-answer", "busy"] })).toEqual(
      expected(({ outcome }) => outcome === "no-answer" || outcome === "busy"),
    );
    const each = await Promise.all(outcomes.map((outcome) => read({ outcome })));
    expect(each.flat()).toHaveLength(all.filter(({ outcome }) => outcome !== null).length);
  });

  it("returns only the calls of a selected agent, by id or name", async () => {
    const name = all.find(({ agent }) => agent?.name != null)?.agent?.name ?? "";
    const id = all.find(({ agent }) => agent?.id != null)?.agent?.id ?? "";
    const hasAgent = (call: CallRecord, names: readonly string[]) =>
      [call.agent, ...call.legs.map(({ agent }) => agent)].some(
        (one) => one !== null && [one.id, one.name].some((text) => text !== null && names.includes(text)),
      );
    for (const agent of [name, id]) expect(await read({ agent })).toEqual(expected((call) => hasAgent(call, [agent])));
    expect(await read({ agent: [name, id] })).toEqual(expected((call) => hasAgent(call, [name, id])));
    expect(await read({ agent: "nobody" })).toEqual([]);
  });

  it("selects a call by the agent of any leg", () => {
    const [call] = all.filter(({ legs, agent }) => legs.length > 0 && agent !== null);
    const [leg] = call?.legs ?? [];
    if (call?.agent == null || leg === undefined) throw new Error("No call has an agent and a leg.");
    const second = { ...leg, agent: { ...call.agent, id: "second", name: "Second agent" } };
    const transferred = { ...call, legs: [...call.legs, second] };
    const selection = { outcomes: null, queues: null, minTalkSeconds: null };
    expect(isSelected(transferred, { ...selection, agents: ["second"] })).toBe(true);
    expect(isSelected(transferred, { ...selection, agents: ["Second agent"] })).toBe(true);
    expect(isSelected(call, { ...selection, agents: ["second"] })).toBe(false);
  });

  it("returns only the calls of a selected queue, by id or name", async () => {
    const queue = all.find((call) => call.queue?.name != null)?.queue;
    expect(await read({ queue: queue?.name ?? "" })).toEqual(expected((call) => call.queue?.name === queue?.name));
    expect(await read({ queue: [queue?.id ?? queue?.name ?? ""] })).toEqual(
      expected(
        (call) => call.queue !== null && [call.queue.id, call.queue.name].includes(queue?.id ?? queue?.name ?? ""),
      ),
    );
  });

  it("returns only the calls with enough talk", async () => {
    const minTalkSeconds = 60;
    expect(await read({ minTalkSeconds })).toEqual(
      expected(({ talkSeconds }) => talkSeconds !== null && talkSeconds >= minTalkSeconds),
    );
    expect(await read({ minTalkSeconds: 0 })).toEqual(all.filter(({ talkSeconds }) => talkSeconds !== null).map(keyOf));
  });

  it("combines selections, and reports the whole range as covered", async () => {
    const stream = client.records({ ...range, outcome: "answered", direction: "inbound", minTalkSeconds: 30 });
    const calls = await stream.toArray({ max: 10_000 });
    expect(calls.map(keyOf)).toEqual(
      expected(
        ({ outcome, direction, talkSeconds }) =>
          outcome === "answered" && direction === "inbound" && (talkSeconds ?? 0) >= 30,
      ),
    );
    for (const { coverage, gaps } of stream.report().accounts) {
      expect(coverage).toEqual([{ from: range.from.toISOString(), to: range.to.toISOString() }]);
      expect(gaps).toEqual([]);
    }
  });

  it.each([
    [{ outcome: "missed" }, "outcome", /must be one of/],
    [{ outcome: ["busy", "missed"] }, "outcome.1", /must be one of/],
    [{ outcome: [] }, "outcome", /at least one/],
    [{ agent: "" }, "agent", /must not be empty/],
    [{ agent: [] }, "agent", /at least one/],
    [{ queue: 3 }, "queue", /must be text/],
    [{ minTalkSeconds: -1 }, "minTalkSeconds", /must be at least 0/],
  ])("rejects %o", (selection, argument, rule) => {
    const error = thrownBy(() => client.records({ ...range, ...(selection as object) }));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain(`\`${argument}\``);
    expect(error.message).toMatch(rule);
  });
});
