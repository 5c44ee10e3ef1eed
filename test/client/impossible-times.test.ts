import { describe, expect, it } from "vitest";
import { type CallRecord, type ClientEvent, MemoryCheckpointStore, ResponseError } from "call-records";
import { type CustomCall, ODD_TIMES, type VendorId } from "call-records/testing";
import { passOf } from "../sync/pass.js";
import { DAY, daysAgo, HOUR, NOW, openStage, rejectionOf, SECOND, type Stage, type StageOptions } from "./stage.js";
import { share } from "../search.js";

const VENDORS = ["tencent-ccc", "huawei-cec", "itniotech"] as const;
const START = NOW - 5 * DAY;
const RANGE = { from: daysAgo(6), to: daysAgo(4) };

/** The fields of each vendor that contain a call's start, answer time, end, talk time and end code. */
const FIELDS: Record<VendorId, { start: string; answerTime: string; end: string; talk: string; endCode: string }> = {
  "tencent-ccc": {
    start: "Time",
    answerTime: "AcceptTimestamp",
    end: "EndedTimestamp",
    talk: "Duration",
    endCode: "EndStatus",
  },
  "huawei-cec": {
    start: "startTime",
    answerTime: "talkingTime",
    end: "releaseTime",
    talk: "talkDuration",
    endCode: "reasonCode",
  },
  itniotech: {
    start: "callStartTime",
    answerTime: "calledAnswerTime",
    end: "calledHangupTime",
    talk: "callDuration",
    endCode: "hangupReason",
  },
};
/** Formats a time as each vendor writes it. */
const WRITE: Record<VendorId, (at: number) => unknown> = {
  "tencent-ccc": (at) => at / 1000,
  "huawei-cec": (at) => at,
  itniotech: (at) => new Date(at + 8 * HOUR).toISOString().slice(0, 19).replace("T", " "),
};

const INVALID_TIMES = [
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
  const { answerTime, end, talk } = FIELDS[vendor];

  it.each(share(INVALID_TIMES, 6))(
    "that is %j is null, with one warning, and nothing is derived from it",
    async (written) => {
      const row = { [answerTime]: written, [talk]: null };
      const unanswered = (id: string): CustomCall => ({ id, startedAt: new Date(START), answeredAt: null, row });
      const stage = await openCalls(vendor, [unanswered("1"), unanswered("2")]);
      const calls = await readAll(stage, vendor);
      expect(calls).toHaveLength(2);
      for (const call of calls) {
        expect(call).toMatchObject({ answeredAt: null, talkSeconds: null });
        expect(call.outcome).not.toBe("answered");
      }
      expect(warningsOf(stage.events)).toMatchObject([{ account: vendor, field: answerTime }]);
      expect(warningsOf(stage.events)[0]?.message).toMatch(new RegExp(`the row [12]: field \`${answerTime}\``));
      const { summaries } = await stage.client.usage({ ...RANGE, accounts: [vendor], source: "records" });
      for (const { minutes, complete } of summaries) expect([minutes.outbound, complete]).toEqual([0, true]);
    },
  );

  it("that is too far before or after the start is null, unless a duration confirms it", async () => {
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

  it("of a call longer than `longestCallSeconds` is kept, with a warning that the option is too small", async () => {
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

  it("and an impossible talk time are null in a sync and in `normalize`", async () => {
    const row = { [answerTime]: "-1", [talk]: 1_772_330_430 };
    const stage = await openCalls(vendor, [{ startedAt: new Date(START), answeredAt: null, row }]);
    const { changes } = await passOf(stage.client, {
      ...RANGE,
      accounts: [vendor],
      store: new MemoryCheckpointStore(),
    });
    expect(changes.map(({ record }) => [record.answeredAt, record.talkSeconds])).toEqual([[null, null]]);
    expect(warningsOf(stage.events).map(({ field }) => field)).toEqual([answerTime, talk]);
    const [change] = changes;
    if (change === undefined) throw new TypeError("The call is missing.");
    expect(stage.client.normalize(vendor, change.record.raw, change.record)).toMatchObject({
      answeredAt: null,
      talkSeconds: null,
      outcome: change.record.outcome,
    });
  });
});

const INVALID_DURATIONS = ["--", "00:10:00", "600s", "N/A", "null", " ", {}, [], true];

describe.each(VENDORS)("a duration of %s", (vendor) => {
  const { talk } = FIELDS[vendor];
  const other = { "tencent-ccc": "IVRDuration", "huawei-cec": "agentTalkDuration", itniotech: "ringDuration" }[vendor];

  it.each(share(INVALID_DURATIONS, 4))(
    "that is %j is ignored with one warning, and the talk time is derived from the times",
    async (written) => {
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
    },
  );
});

describe.each(VENDORS)("the talk time of %s", (vendor) => {
  const { answerTime, end, talk } = FIELDS[vendor];
  const usual: [string, { answered: number; ended: number; writtenTalk: number | null; expected: number | null }][] = [
    [
      "is derived from the times if it is written as 0 and the times differ",
      { answered: 5, ended: 605, writtenTalk: 0, expected: 600 },
    ],
    ["is 0 if it is written as 0 and the times hardly differ", { answered: 5, ended: 6, writtenTalk: 0, expected: 0 }],
    ["is kept as written if the times disagree with it", { answered: 5, ended: 605, writtenTalk: 420, expected: 420 }],
    [
      "is the duration of the call if the call was answered just before its start",
      { answered: -2, ended: 600, writtenTalk: null, expected: 600 },
    ],
    [
      "is null if the call was answered long before its start",
      { answered: -500, ended: 605, writtenTalk: null, expected: null },
    ],
  ];

  it.each(share(usual, 10))("%s", async (_, { answered, ended, writtenTalk, expected }) => {
    const row = {
      [answerTime]: WRITE[vendor](START + answered * SECOND),
      [end]: WRITE[vendor](START + ended * SECOND),
      [talk]: writtenTalk,
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

describe("the talk time of an unanswered call of Huawei", () => {
  it.each([-1, "-1", 0])("is 0 if it and its start are written as %j", async (none) => {
    const row = { reasonCode: 1, talkingTime: none, talkDuration: none };
    const stage = await openCalls("huawei-cec", [{ startedAt: new Date(START), answeredAt: null, row }]);
    expect(await readAll(stage, "huawei-cec")).toMatchObject([
      { outcome: "canceled", answeredAt: null, talkSeconds: 0 },
    ]);
  });
});

describe("a derived duration", () => {
  it.each(VENDORS)("of %s is null if it exceeds the longest call", async (vendor) => {
    const { answerTime, end, talk } = FIELDS[vendor];
    const row = {
      [answerTime]: WRITE[vendor](START - 11 * HOUR),
      [end]: WRITE[vendor](START + 11 * HOUR),
      [talk]: null,
    };
    const stage = await openCalls(vendor, [{ startedAt: new Date(START), row }]);
    const [call] = await readAll(stage, vendor);
    expect(call?.talkSeconds).toBeNull();
    expect(warningsOf(stage.events).map(({ field }) => field)).toContain("talkSeconds");
  });
});

describe("the times of Tencent's participants", () => {
  it("are checked too, and a warning names the field of the participant", async () => {
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

describe("Tencent's list of participants", () => {
  it.each(["-", 0, {}, true])("is empty if it is written as %j, with one warning", async (written) => {
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
    ["at the beginning of 1970", vendor === "itniotech" ? "1970-01-01 08:00:00" : 1],
    ["of a clock that is a year behind", WRITE[vendor](START - 365 * DAY)],
    ["of a clock that is a year ahead", WRITE[vendor](START + 365 * DAY)],
    ["four days too early", WRITE[vendor](START - 4 * DAY)],
  ];

  it.each(share(wrong, 4))(
    "%s makes the row unreadable, and the error names the row and the field",
    async (_, written) => {
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
    },
  );

  it("and all other times of a clock that is a year behind make the row unreadable", async () => {
    const shifted = (at: number) => WRITE[vendor](at - 365 * DAY);
    const { answerTime } = FIELDS[vendor];
    const row: Record<string, unknown> = {
      [start]: shifted(START),
      [answerTime]: shifted(START + 10 * SECOND),
      [end]: shifted(START + 60 * SECOND),
    };
    const stage = await openCalls(vendor, [{ id: "bad", startedAt: new Date(START), row }]);
    expect(await rejectionOf(readAll(stage, vendor))).toBeInstanceOf(ResponseError);
  });

  it.each([null, undefined])(
    "far before its window is kept if the end is in the window, and the end is kept if a talk time confirms it (answered at %s)",
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
      // At Huawei, the talk time of the agent, who is called first, confirms the end.
      const isConfirmed = answeredAt !== null || vendor === "huawei-cec";
      expect(pass.changes.map(({ record }) => [record.id, record.endedAt])).toEqual([
        ["long", isConfirmed ? new Date(START) : null],
      ]);
    },
  );
});

describe("a row that was not requested by time", () => {
  it("keeps its start, however long ago, and is rejected if the start is invalid", async () => {
    const { client } = await openStage({ emulator: { callsPerDay: 0, activeCalls: 0 } });
    expect(client.normalize("huawei-cec", { callSerialNo: "1", startTime: 1000 }).startedAt).toEqual(new Date(1000));
    expect(() => client.normalize("huawei-cec", { callSerialNo: "1", startTime: -1 })).toThrow(/`startTime`/);
  });
});

describe.each(VENDORS)("wrong times that the emulator writes for %s", (vendor) => {
  const { start, answerTime, end } = FIELDS[vendor];

  it.each(ODD_TIMES)(
    "as %s are null in `answeredAt` and `endedAt`, and make the row unreadable in `startedAt`",
    async (way) => {
      const stage = await openCalls(vendor, [
        { id: "times", startedAt: new Date(START), oddTimes: { answeredAt: way, endedAt: way } },
        { id: "start", startedAt: new Date(START + HOUR), oddTimes: { startedAt: way } },
      ]);
      const stream = stage.client.records({ ...RANGE, accounts: [vendor], unreadableRows: "report" });
      expect(await stream.toArray({ max: 10 })).toMatchObject([
        { id: "times", answeredAt: null, endedAt: null, outcome: "answered" },
      ]);
      expect(warningsOf(stage.events).map(({ key, field }) => `${key ?? ""} ${field ?? ""}`)).toEqual(
        expect.arrayContaining([`times ${answerTime}`, `times ${end}`, `start ${start}`]),
      );
      expect(stream.report().accounts[0]?.gaps.map(({ reason }) => reason)).toEqual(["unreadable"]);
    },
  );
});
