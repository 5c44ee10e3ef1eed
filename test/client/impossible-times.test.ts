import { describe, expect, it } from "vitest";
import { type CallRecord, type ClientEvent, MemoryCheckpointStore, ResponseError } from "call-records";
import { type CustomCall, ODD_TIMES, type VendorId } from "call-records/testing";
import { passOf } from "../sync/pass.js";
import { DAY, daysAgo, HOUR, NOW, openStage, rejectionOf, SECOND, type Stage, type StageOptions } from "./stage.js";

const VENDORS = ["tencent-ccc", "huawei-cec", "itniotech"] as const;
const START = NOW - 5 * DAY;
const RANGE = { from: daysAgo(6), to: daysAgo(4) };

/** The fields in which each vendor tells of a call's start, answer, end and talk. */
const FIELDS: Record<VendorId, { start: string; response: string; end: string; talk: string; endCode: string }> = {
  "tencent-ccc": {
    start: "Time",
    response: "AcceptTimestamp",
    end: "EndedTimestamp",
    talk: "Duration",
    endCode: "EndStatus",
  },
  "huawei-cec": {
    start: "startTime",
    response: "talkingTime",
    end: "releaseTime",
    talk: "talkDuration",
    endCode: "reasonCode",
  },
  itniotech: {
    start: "callStartTime",
    response: "calledAnswerTime",
    end: "calledHangupTime",
    talk: "callDuration",
    endCode: "hangupReason",
  },
};
/** A time as each vendor writes it. */
const WRITE: Record<VendorId, (at: number) => unknown> = {
  "tencent-ccc": (at) => at / 1000,
  "huawei-cec": (at) => at,
  itniotech: (at) => new Date(at + 8 * HOUR).toISOString().slice(0, 19).replace("T", " "),
};

const NO_TIMES = [
  -1,
  "-1",
  1,
  "1",
  " ",
  "0000-00-00 00:00:00",
  "0001-01-01 00:00:00",
  "1899-12-30 00:00:00",
  "1970-01-01 08:00:00",
  "1970-01-01 00:00:00",
  "9999-12-31 23:59:59",
  253_402_300_799,
  253_402_300_799_000,
  1e300,
  "null",
  "NULL",
  "None",
  "N/A",
  "-",
  "NaN",
  "Invalid date",
  true,
  false,
  {},
  [],
];

async function openCalls(vendor: VendorId, calls: CustomCall[], options: Partial<StageOptions> = {}): Promise<Stage> {
  return openStage({
    ...options,
    emulator: { callsPerDay: 0, activeCalls: 0, calls: { [vendor]: calls }, ...options.emulator },
  });
}

const warningsOf = (events: ClientEvent[]) => events.filter((event) => event.type === "warning");

async function readAll(
  { client }: Stage,
  vendor: VendorId,
  range: { from: Date; to: Date } = RANGE,
): Promise<CallRecord[]> {
  return client.records({ ...range, accounts: [vendor] }).toArray({ max: 100 });
}

describe.each(VENDORS)("an optional time of %s", (vendor) => {
  const { response, end, talk } = FIELDS[vendor];

  it.each(NO_TIMES)("that is %j is null, with one warning, and nothing is derived from it", async (written) => {
    const row = { [response]: written, [talk]: null };
    const unanswered = (id: string): CustomCall => ({ id, startedAt: new Date(START), answeredAt: null, row });
    const stage = await openCalls(vendor, [unanswered("1"), unanswered("2")]);
    const calls = await readAll(stage, vendor);
    expect(calls).toHaveLength(2);
    for (const call of calls) {
      expect(call).toMatchObject({ answeredAt: null, talkSeconds: null });
      expect(call.outcome).not.toBe("answered");
    }
    expect(warningsOf(stage.events)).toMatchObject([{ account: vendor, field: response }]);
    expect(warningsOf(stage.events)[0]?.message).toMatch(new RegExp(`the row [12]: field \`${response}\``));
    const { summaries } = await stage.client.usage({ ...RANGE, accounts: [vendor], source: "records" });
    for (const { minutes, complete } of summaries) expect([minutes.outbound, complete]).toEqual([0, true]);
  });

  it("that is too far from the start is null in both directions, unless a duration confirms it", async () => {
    for (const [hours, kept] of [
      [-13, false],
      [-11, true],
      [11, true],
      [13, false],
    ] as const) {
      const row = { [end]: WRITE[vendor](START + hours * HOUR), ...(vendor === "huawei-cec" ? { endTime: null } : {}) };
      const stage = await openCalls(vendor, [{ startedAt: new Date(START), row }]);
      const [call] = await readAll(stage, vendor);
      expect(call?.endedAt).toEqual(kept ? new Date(START + hours * HOUR) : null);
      expect(warningsOf(stage.events).map(({ field }) => field)).toEqual(kept ? [] : [end]);
    }
  });

  it("of a call that was longer than the longest is kept, with a warning that the option is too small", async () => {
    const stage = await openCalls(
      vendor,
      [1, 2].map((id): CustomCall => ({
        id: `${id}`,
        startedAt: new Date(START),
        endedAt: new Date(START + 20 * HOUR),
      })),
    );
    const calls = await readAll(stage, vendor);
    for (const call of calls)
      expect(call).toMatchObject({
        endedAt: new Date(START + 20 * HOUR),
        talkSeconds: 20 * 3600 - 10,
        outcome: "answered",
      });
    expect(warningsOf(stage.events)).toMatchObject([{ account: vendor, field: null }]);
    expect(warningsOf(stage.events)[0]?.message).toMatch(/`longestCallSeconds` \(43200\).*72000/);
  });

  it("and a talk that cannot be are null in a sync and where a row is normalized", async () => {
    const row = { [response]: "-1", [talk]: 1_772_330_430 };
    const stage = await openCalls(vendor, [{ startedAt: new Date(START), answeredAt: null, row }]);
    const { changes } = await passOf(stage.client, {
      ...RANGE,
      accounts: [vendor],
      store: new MemoryCheckpointStore(),
    });
    expect(changes.map(({ record }) => [record.answeredAt, record.talkSeconds])).toEqual([[null, null]]);
    expect(warningsOf(stage.events).map(({ field }) => field)).toEqual([response, talk]);
    const [change] = changes;
    if (change === undefined) throw new TypeError("The call is missing.");
    expect(stage.client.normalize(vendor, change.record.raw, change.record)).toMatchObject({
      answeredAt: null,
      talkSeconds: null,
      outcome: change.record.outcome,
    });
  });
});

const NO_DURATIONS = ["--", "00:10:00", "600s", "N/A", "null", " ", {}, [], true];

describe.each(VENDORS)("a duration of %s", (vendor) => {
  const { talk } = FIELDS[vendor];
  const other = { "tencent-ccc": "IVRDuration", "huawei-cec": "agentTalkDuration", itniotech: "ringDuration" }[vendor];

  it.each(NO_DURATIONS)("that is %j is null, with one warning, and the talk is that of the times", async (written) => {
    const row = { [talk]: written, [other]: written };
    const stage = await openCalls(
      vendor,
      ["1", "2"].map((id): CustomCall => ({
        id,
        startedAt: new Date(START),
        endedAt: new Date(START + 610 * SECOND),
        row,
      })),
    );
    const calls = await readAll(stage, vendor);
    expect(calls.map(({ talkSeconds }) => talkSeconds)).toEqual([600, 600]);
    expect(warningsOf(stage.events).map(({ field }) => field)).toEqual([talk, other]);
  });
});

describe.each(VENDORS)("a talk of %s", (vendor) => {
  const { response, end, talk } = FIELDS[vendor];
  const usual: [string, { answered: number; ended: number; told: number | null; expected: number | null }][] = [
    ["written as 0 is that of the times where they show one", { answered: 5, ended: 605, told: 0, expected: 600 }],
    ["written as 0 is 0 where the times hardly differ", { answered: 5, ended: 6, told: 0, expected: 0 }],
    ["written is kept where the times differ from it", { answered: 5, ended: 605, told: 420, expected: 420 }],
    [
      "derived from an answer just before the start is as long as the call",
      { answered: -2, ended: 600, told: null, expected: 600 },
    ],
    [
      "derived from an answer long before the start is not known",
      { answered: -500, ended: 605, told: null, expected: null },
    ],
  ];

  it.each(usual)("%s", async (_, { answered, ended, told, expected }) => {
    const row = {
      [response]: WRITE[vendor](START + answered * SECOND),
      [end]: WRITE[vendor](START + ended * SECOND),
      [talk]: told,
    };
    const stage = await openCalls(vendor, [
      { startedAt: new Date(START), endedAt: new Date(START + ended * SECOND), row },
    ]);
    expect((await readAll(stage, vendor)).map(({ talkSeconds }) => talkSeconds)).toEqual([expected]);
    expect(warningsOf(stage.events).map(({ field }) => field)).toEqual(expected === null ? ["talkSeconds"] : []);
    const { summaries } = await stage.client.usage({ ...RANGE, accounts: [vendor], source: "records" });
    expect(summaries[0]).toMatchObject({ talkSeconds: expected, answeredWithoutDuration: expected === null ? 1 : 0 });
  });
});

describe("a talk of Huawei that is written as -1, as its beginning is", () => {
  it.each([-1, "-1", 0])("is none: %j", async (none) => {
    const row = { reasonCode: 1, talkingTime: none, talkDuration: none };
    const stage = await openCalls("huawei-cec", [{ startedAt: new Date(START), answeredAt: null, row }]);
    expect(await readAll(stage, "huawei-cec")).toMatchObject([
      { outcome: "canceled", answeredAt: null, talkSeconds: 0 },
    ]);
  });
});

describe("a derived duration", () => {
  it.each(VENDORS)("of %s is never longer than the longest call", async (vendor) => {
    const { response, end, talk } = FIELDS[vendor];
    const row = { [response]: WRITE[vendor](START - 11 * HOUR), [end]: WRITE[vendor](START + 11 * HOUR), [talk]: null };
    const stage = await openCalls(vendor, [{ startedAt: new Date(START), row }]);
    const [call] = await readAll(stage, vendor);
    expect(call?.talkSeconds).toBeNull();
    expect(warningsOf(stage.events).map(({ field }) => field)).toContain("talkSeconds");
  });
});

describe("times of the participants of a call of Tencent's", () => {
  it("are checked as well, each by its own field", async () => {
    const participant = {
      Mail: "a@example.com",
      StartTimestamp: START / 1000,
      AcceptTimestamp: -1,
      EndedTimestamp: START / 1000 + 60,
    };
    const stage = await openCalls("tencent-ccc", [
      { startedAt: new Date(START), row: { ServeParticipants: [{ ...participant, AcceptTimestamp: 0 }, participant] } },
    ]);
    const [call] = await readAll(stage, "tencent-ccc");
    expect(call?.legs.map(({ answeredAt, talkSeconds }) => [answeredAt, talkSeconds])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(warningsOf(stage.events).map(({ field }) => field)).toEqual(["ServeParticipants.1.AcceptTimestamp"]);
  });
});

describe("the participants of a call of Tencent's", () => {
  it.each(["-", 0, {}, true])("that are %j, which is no list, are none, with one warning", async (written) => {
    const stage = await openCalls(
      "tencent-ccc",
      ["1", "2"].map((id): CustomCall => ({ id, startedAt: new Date(START), row: { ServeParticipants: written } })),
    );
    const calls = await readAll(stage, "tencent-ccc");
    expect(calls.map(({ legs, talkSeconds }) => [legs, talkSeconds])).toEqual([
      [[], 50],
      [[], 50],
    ]);
    expect(warningsOf(stage.events).map(({ field }) => field)).toEqual(["ServeParticipants"]);
  });
});

describe.each(VENDORS)("a start of %s", (vendor) => {
  const { start, end } = FIELDS[vendor];
  const wrong: [string, unknown][] = [
    ["in another unit", vendor === "huawei-cec" ? START / 1000 : vendor === "tencent-ccc" ? START : "1772330430"],
    ["of the first instant of 1970", vendor === "itniotech" ? "1970-01-01 08:00:00" : 1],
    ["of a clock that is a year off", WRITE[vendor](START - 365 * DAY)],
    ["of a clock that is a year ahead", WRITE[vendor](START + 365 * DAY)],
    ["of four days before", WRITE[vendor](START - 4 * DAY)],
  ];

  it.each(wrong)("%s makes the row unreadable, and names it and the field", async (_, written) => {
    const row = { [start]: written, ...(vendor === "tencent-ccc" ? { StartTimestamp: written } : {}) };
    const calls: CustomCall[] = [
      { id: "bad", startedAt: new Date(START), row },
      { id: "good", startedAt: new Date(START + HOUR) },
    ];
    const stage = await openCalls(vendor, calls);
    const error = await rejectionOf(readAll(stage, vendor));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("bad");
    expect(error.message).toContain(`\`${start}\``);

    const stream = stage.client.records({ ...RANGE, accounts: [vendor], unreadableRows: "report" });
    expect((await stream.toArray({ max: 100 })).map(({ id }) => id)).toEqual(["good"]);
    const [report] = stream.report().accounts;
    expect(report).toMatchObject({ status: "partial", unreadable: 1 });
    expect(report?.gaps.map(({ reason }) => reason)).toContain("unreadable");
    expect(warningsOf(stage.events)).toContainEqual(expect.objectContaining({ key: "bad", field: start }));

    const pass = await passOf(stage.client, {
      ...RANGE,
      accounts: [vendor],
      store: new MemoryCheckpointStore(),
      unreadableRows: "report",
    });
    expect(pass.changes.map(({ record }) => record.id)).toEqual(["good"]);
    expect(pass.report.accounts[0]?.gaps.map(({ reason }) => reason)).toContain("unreadable");
  });

  it("and all other times of a clock that is a year off make the row unreadable, too", async () => {
    const shifted = (at: number) => WRITE[vendor](at - 365 * DAY);
    const { response } = FIELDS[vendor];
    const row: Record<string, unknown> = {
      [start]: shifted(START),
      [response]: shifted(START + 10 * SECOND),
      [end]: shifted(START + 60 * SECOND),
    };
    const stage = await openCalls(vendor, [{ id: "bad", startedAt: new Date(START), row }]);
    expect(await rejectionOf(readAll(stage, vendor))).toBeInstanceOf(ResponseError);
  });

  it.each([null, undefined])(
    "far before its window is that of a long call where its end lies in the window, answered at %s: the row is kept, the end only where a talk confirms it",
    async (answeredAt) => {
      const long: CustomCall = {
        id: "long",
        startedAt: new Date(START - 20 * HOUR),
        endedAt: new Date(START),
        ...(answeredAt === null ? { answeredAt } : {}),
      };
      const stage = await openCalls(vendor, [long], { emulator: { filterTime: "end" } });
      const stream = stage.client.records({ from: new Date(START - 2 * HOUR), to: daysAgo(4), accounts: [vendor] });
      // It started before the range.
      expect(await stream.toArray({ max: 100 })).toEqual([]);
      expect(stream.report().accounts).toMatchObject([{ status: "complete", unreadable: 0 }]);
      expect(warningsOf(stage.events).map(({ message }) => message)).toEqual([
        expect.stringContaining("`longestCallSeconds`"),
      ]);
      const pass = await passOf(stage.client, {
        from: new Date(START - DAY),
        to: daysAgo(4),
        accounts: [vendor],
        store: new MemoryCheckpointStore(),
      });
      // Of Huawei's, the agent's own talk confirms it, whom the vendor called first.
      const isConfirmed = answeredAt !== null || vendor === "huawei-cec";
      expect(pass.changes.map(({ record }) => [record.id, record.endedAt])).toEqual([
        ["long", isConfirmed ? new Date(START) : null],
      ]);
    },
  );
});

describe("a row that was not asked for by time", () => {
  it("keeps its start, however long ago, but not one that is none", async () => {
    const { client } = await openStage({ emulator: { callsPerDay: 0, activeCalls: 0 } });
    expect(client.normalize("huawei-cec", { callSerialNo: "1", startTime: 1000 }).startedAt).toEqual(new Date(1000));
    expect(() => client.normalize("huawei-cec", { callSerialNo: "1", startTime: -1 })).toThrow(/`startTime`/);
  });
});

describe.each(VENDORS)("times that the emulator writes oddly for %s", (vendor) => {
  const { start, response, end } = FIELDS[vendor];

  it.each(ODD_TIMES)("as %s: of an answer and an end they are null, of a start the row is unreadable", async (way) => {
    const stage = await openCalls(vendor, [
      { id: "times", startedAt: new Date(START), oddTimes: { answeredAt: way, endedAt: way } },
      { id: "start", startedAt: new Date(START + HOUR), oddTimes: { startedAt: way } },
    ]);
    const stream = stage.client.records({ ...RANGE, accounts: [vendor], unreadableRows: "report" });
    expect(await stream.toArray({ max: 10 })).toMatchObject([
      { id: "times", answeredAt: null, endedAt: null, outcome: "answered" },
    ]);
    expect(warningsOf(stage.events).map(({ key, field }) => `${key ?? ""} ${field ?? ""}`)).toEqual(
      expect.arrayContaining([`times ${response}`, `times ${end}`, `start ${start}`]),
    );
    expect(stream.report().accounts[0]?.gaps.map(({ reason }) => reason)).toEqual(["unreadable"]);
  });
});
