import { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { callColumns, type CallRecord, type CsvOptions, RequestError, toCsv } from "call-records";
import { daysAgo, openStage, rejectionOf } from "../client/stage.js";
import { callRecords } from "../model/records.js";
import { csvOfFullCall, fullCall } from "./full-call.js";

const NAMES = callColumns.map(({ name }) => name);

/** Returns the cells of CSV, without the line of the names. */
function cellsOf(csv: string): string[][] {
  const { data, errors } = Papa.parse<string[]>(csv, { delimiter: ",", newline: "\r\n" });
  expect(errors).toEqual([]);
  expect(data.pop()).toEqual([""]);
  return data.slice(1);
}

/** Whether a spreadsheet would run a cell. A sign that is followed only by digits begins a number, also for programs that end cells at semicolons or tabs. */
function isFormula(cell: string): boolean {
  return /^[ \u00A0\u3000"]*(?:[=@\t\r\n＝＋－＠]|[+-](?!\d+(?:[;\t\r\n]|$)))/.test(cell);
}

/** Yields a call as often as requested, and records how often it was read and whether the reading was stopped. */
class Source implements AsyncIterable<CallRecord> {
  read = 0;
  stopped = false;

  async *[Symbol.asyncIterator]() {
    try {
      for (;;) {
        this.read += 1;
        yield await Promise.resolve(fullCall);
      }
    } finally {
      this.stopped = true;
    }
  }
}

/** Waits until everything that can happen without a reader has happened. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2000; turn += 1) await new Promise(setImmediate);
}

describe("toCsv", () => {
  it("prints a line of names, and each value in its column", async () => {
    expect(Object.keys(csvOfFullCall)).toEqual(NAMES);
    const lines = [NAMES.join(","), Object.values(csvOfFullCall).join(","), ""];
    expect(await text(toCsv([fullCall]))).toBe(lines.join("\r\n"));
  });

  it("prints only the line of names without calls", async () => {
    expect(await text(toCsv([]))).toBe(`${NAMES.join(",")}\r\n`);
  });

  it("prints the requested columns, in that order", async () => {
    const csv = await text(toCsv([fullCall], { columns: ["talkSeconds", "caller.number"] }));
    expect(csv).toBe("talkSeconds,caller.number\r\n65,008618392515977\r\n");
  });

  it("is parsed back to the same values, except for an apostrophe before each formula", async () => {
    const odd = fc.stringMatching(/^[ "']*[=+@\t\r\n;,＝a1-]{0,6}[ \n]*$/);
    await fc.assert(
      fc.asyncProperty(fc.array(callRecords, { maxLength: 3 }), odd, async (records, remark) => {
        const calls = records.map((call) => ({ ...call, remark }));
        const expected = calls.map((call) =>
          callColumns.map(({ toCell }) => {
            const cell = toCell(call);
            return cell instanceof Date ? cell.toISOString() : String(cell ?? "");
          }),
        );
        const cells = cellsOf(await text(toCsv(calls)));
        expect(cells.map((row) => row.map((cell) => cell.replaceAll("'", "")))).toEqual(
          expected.map((row) => row.map((cell) => cell.replaceAll("'", ""))),
        );
        for (const [row, line] of cells.entries())
          for (const [at, cell] of line.entries()) {
            // A cost is a number, which may be negative.
            if (NAMES[at] !== "cost.amount") expect(isFormula(cell), JSON.stringify(cell)).toBe(false);
            if (!/[=+@＝＋－＠\t\r\n-]/.test(expected[row]?.[at] ?? "")) expect(cell).toBe(expected[row]?.[at]);
          }
      }),
    );
  });

  it("is a transform of a pipeline", async () => {
    let written = "";
    const target = new Writable({
      decodeStrings: false,
      write: (chunk: string, _, done) => {
        written += chunk;
        done();
      },
    });
    await pipeline(Readable.from([fullCall, fullCall]), toCsv, target);
    expect(written).toBe(await text(toCsv([fullCall, fullCall])));
  });

  it("reads no call before its reader does, and stops when the reader has no room", async () => {
    const source = new Source();
    const csv = toCsv(source);
    await settle();
    expect(source.read).toBe(0);
    await csv[Symbol.asyncIterator]().next();
    await settle();
    const ahead = source.read;
    // One buffer of at most 64 KiB, in lines of more than 500 characters.
    expect(ahead).toBeLessThanOrEqual(150);
    await settle();
    expect(source.read).toBe(ahead);
    expect(source.stopped).toBe(false);
    csv.destroy();
    await settle();
    expect(source.stopped).toBe(true);
  });

  it("stops its source when a loop is left, or a pipeline fails", async () => {
    const [left, failed] = [new Source(), new Source()];
    for await (const part of toCsv(left)) if (part !== "") break;
    const refusing = new Writable({
      write: (_, __, done) => {
        done(new RangeError("full"));
      },
    });
    await expect(pipeline(failed, toCsv, refusing)).rejects.toThrow("full");
    await settle();
    expect([left.stopped, failed.stopped]).toEqual([true, true]);
  });

  it("stops the requests of the client when its reader stops", async () => {
    const { client, emulator } = await openStage({ emulator: { days: 20, callsPerDay: 120 } });
    const stream = client.records({ from: daysAgo(19), to: daysAgo(4) });
    let csv = "";
    for await (const part of toCsv(stream) as AsyncIterable<string>) if ((csv += part).length > 5000) break;
    const sent = () => stream.report().accounts.reduce((sum, { requests }) => sum + requests, 0);
    const before = sent();
    await settle();
    expect(sent()).toBe(before);
    expect(emulator.requests.length).toBeLessThanOrEqual(before);
    expect(stream.report().accounts.map(({ status }) => status)).toEqual(["partial", "partial", "partial"]);
  });

  it("fails with the error of its source", async () => {
    const mine = new RangeError("mine");
    const source = async function* () {
      yield await Promise.resolve(fullCall);
      throw mine;
    };
    await expect(text(toCsv(source()))).rejects.toBe(mine);
  });

  it.each<[unknown, string]>([
    [
      { columns: ["caller.nmber"] },
      'toCsv: option `columns`: there is no column "caller.nmber". Similar columns are caller.number, callee.number.',
    ],
    [{ columns: [] }, "toCsv: option `columns`: must name at least one column."],
    [
      { excel: { timeZone: "Beijing" } },
      "toCsv: option `excel.timeZone`: must be an IANA time zone that this runtime supports.",
    ],
    [{ excel: {} }, "toCsv: option `excel.timeZone`: is missing."],
    [{ signal: "stop" }, "toCsv: option `signal`: must be an AbortSignal."],
    [{ colums: ["id"] }, "toCsv: unknown option `colums`."],
  ])("rejects the options %j", (options, message) => {
    expect(() => toCsv([], options as CsvOptions)).toThrow(new RequestError(message));
  });

  it.each([undefined, null, 5, "calls", {}, fullCall, Promise.resolve([fullCall])])(
    "rejects %o in place of calls",
    (calls) => {
      expect(() => toCsv(calls as never)).toThrow(
        new RequestError(
          "toCsv: argument `calls`: must be a stream of `client.records`, an array, or any other iterable of calls.",
        ),
      );
    },
  );

  it("rejects a signal without events, which could not destroy the stream", () => {
    expect(() => toCsv([], { signal: { aborted: false } as AbortSignal })).toThrow(/`signal`: must be an AbortSignal/);
  });

  it.each([
    [undefined, "is missing"],
    ["call", "must be an object"],
    [{ changes: [{ type: "new", record: fullCall }] }, "`account`: is missing"],
    [{ account: "hotline", id: "1" }, "`startedAt`"],
    [{ ...fullCall, menuKeys: null }, "`menuKeys`: must be a list"],
    [{ ...fullCall, endedAt: new Date(Number.NaN) }, "`endedAt`: must be a valid Date"],
  ])("fails with the number of an item that is not a call: %o", async (item, rule) => {
    const error = await rejectionOf(text(toCsv([fullCall, item as CallRecord])));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain("toCsv: argument `calls`: item 2 must be a call record");
    expect(error.message).toContain(rule);
  });

  it("fails with the unchanged error of its source", async () => {
    const failure = new TypeError("the source failed");
    const source = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }),
    };
    expect(await rejectionOf(text(toCsv(source)))).toBe(failure);
  });
});

describe("toCsv for excel", () => {
  const excel = { timeZone: "Asia/Shanghai" };

  it("starts with a byte order mark, has local times, and marks text with digits as text", async () => {
    const csv = await text(toCsv([fullCall], { excel }));
    expect(csv.startsWith("\uFEFFaccount,provider,")).toBe(true);
    const [row = []] = cellsOf(csv);
    expect(Object.fromEntries(NAMES.map((name, at) => [name, row[at]]))).toEqual({
      account: "hotline",
      provider: "tencent-ccc",
      application: '="1400000001"',
      id: '="6131400000000000001"',
      direction: "inbound",
      kind: "manual",
      state: "ended",
      outcome: "answered",
      "caller.number": '="008618392515977"',
      "caller.e164": '="+8618392515977"',
      "callee.number": '="0755 8888"',
      "callee.e164": '="+867558888"',
      "customer.number": '="008618392515977"',
      "customer.e164": '="+8618392515977"',
      "line.number": '="0755 8888"',
      "line.e164": '="+867558888"',
      "agent.id": '="0070"',
      "agent.name": "张三, B",
      "agent.groupId": '="12"',
      "agent.groupName": 'Sales "A"',
      "queue.id": '="7"',
      "queue.name": "Support",
      startedAt: "2026-11-01 07:59:58",
      queuedAt: "2026-11-01 08:00:01",
      ringingAt: "2026-11-01 08:00:02",
      answeredAt: "2026-11-01 08:00:05",
      endedAt: "2026-11-01 08:01:10",
      ringSeconds: "3",
      waitSeconds: "4",
      talkSeconds: "65",
      ivrSeconds: "4",
      "hangup.by": "customer",
      "hangup.code": '="1"',
      "hangup.reason": "ended normally",
      transferred: "true",
      menuKeys: '="1 9"',
      "satisfaction.key": '="5"',
      "satisfaction.label": "good",
      "cost.amount": "-0.0085",
      "cost.currency": "USD",
      recordings: '="https://example.com/1.mp3 r-2"',
      tags: "VIP call back",
      remark: `'=HYPERLINK("x")`,
      customData: '="1-2"',
      relatedIds: '="RoomID=42 other=x"',
      updatedAt: "2026-11-01 08:02:00",
    });
  });

  it("contains no formula except that of a text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[=+@\t\n;"'1a-]{0,8}$/), async (remark) => {
        const csv = await text(toCsv([{ ...fullCall, remark }], { columns: ["remark", "account"], excel }));
        const [[cell = ""] = []] = cellsOf(csv);
        if (cell.startsWith("=")) expect([cell, remark]).toEqual([`="${remark}"`, expect.not.stringContaining('"')]);
        else expect(isFormula(cell), JSON.stringify(cell)).toBe(false);
      }),
    );
  });
});
