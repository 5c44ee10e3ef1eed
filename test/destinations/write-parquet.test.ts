import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callColumns, type CallRecord, toRow } from "call-records";
import { type ParquetOptions, type ParquetReport, writeParquet } from "call-records/parquet";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { HOSTILE_TEXTS, SIMILAR_IDS, storable } from "../../src/testing/destination/hostile-texts.js";
import { closeWithFile } from "../closing.js";
import { emptyCall, fullCall } from "../columns/full-call.js";
import { callRecords } from "../model/records.js";
import { type ParquetRow, readParquet } from "./parquet-file.js";
import { runs } from "../search.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parquet-"));
  closeWithFile(() => rm(folder, { recursive: true }));
});

let files = 0;

async function write(calls: Parameters<typeof writeParquet>[0], options?: ParquetOptions) {
  const path = join(folder, `${(files += 1)}.parquet`);
  const report: ParquetReport = await writeParquet(calls, path, options);
  expect(report.bytes).toBe((await stat(path)).size);
  return { ...(await readParquet(path)), report };
}

const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The row that a call without hostile texts becomes. */
function rowOf(call: CallRecord): ParquetRow {
  const row: ParquetRow = {};
  for (const { name, sqlName, type } of callColumns) {
    const value = toRow(call)[name];
    row[sqlName] = type === "json" ? json(value) : value;
  }
  return { ...row, application: call.application ?? "", legs: json(call.legs), raw: json(call.raw ?? null) };
}

const leg: CallRecord["legs"][number] = {
  role: "agent",
  number: "1001",
  agent: null,
  startedAt: new Date("2026-11-01T00:00:02Z"),
  ringingAt: null,
  answeredAt: new Date("2026-11-01T00:00:05Z"),
  endedAt: null,
  talkSeconds: 65,
  transferredFrom: null,
  transferredTo: null,
  recordings: [{ id: "r", url: null, kind: "call", transcriptUrl: null }],
};

describe("a Parquet file", () => {
  it("contains every field of a call", async () => {
    const { rows, report } = await write([{ ...fullCall, legs: [leg] }]);
    expect(report.rows).toBe(1);
    expect(rows).toEqual([
      {
        account: "hotline",
        provider: "tencent-ccc",
        application: "1400000001",
        id: "6131400000000000001",
        direction: "inbound",
        kind: "manual",
        state: "ended",
        outcome: "answered",
        caller_number: "008618392515977",
        caller_e164: "+8618392515977",
        callee_number: "0755 8888",
        callee_e164: "+867558888",
        customer_number: "008618392515977",
        customer_e164: "+8618392515977",
        line_number: "0755 8888",
        line_e164: "+867558888",
        agent_id: "0070",
        agent_name: "张三, B",
        agent_group_id: "12",
        agent_group_name: 'Sales "A"',
        queue_id: "7",
        queue_name: "Support",
        started_at: new Date("2026-10-31T23:59:58.250Z"),
        queued_at: new Date("2026-11-01T00:00:01Z"),
        ringing_at: new Date("2026-11-01T00:00:02Z"),
        answered_at: new Date("2026-11-01T00:00:05Z"),
        ended_at: new Date("2026-11-01T00:01:10Z"),
        ring_seconds: 3,
        wait_seconds: 4,
        talk_seconds: 65,
        ivr_seconds: 4,
        hangup_by: "customer",
        hangup_code: "1",
        hangup_reason: "ended normally",
        transferred: true,
        menu_keys: [
          { key: "1", label: "Sales", at: null },
          { key: "9", label: null, at: null },
        ],
        satisfaction_key: "5",
        satisfaction_label: "good",
        cost_amount: "-0.0085",
        cost_currency: "USD",
        recordings: [
          { id: "r-1", url: "https://example.com/1.mp3", kind: "call", transcriptUrl: null },
          { id: "r-2", url: null, kind: "voicemail", transcriptUrl: null },
        ],
        tags: ["VIP", "call back"],
        remark: '=HYPERLINK("x")',
        custom_data: "1-2",
        related_ids: { RoomID: "42", other: "x" },
        updated_at: new Date("2026-11-01T00:02:00Z"),
        legs: [
          {
            ...leg,
            startedAt: "2026-11-01T00:00:02.000Z",
            answeredAt: "2026-11-01T00:00:05.000Z",
          },
        ],
        raw: { SessionId: "1" },
      },
    ]);
  });

  it("has null for every unknown value, except that a missing application is empty", async () => {
    const { rows } = await write([emptyCall, fullCall]);
    const known = {
      account: "acme",
      provider: "acme",
      application: "",
      id: "1",
      direction: "unknown",
      kind: "unknown",
      state: "ended",
      started_at: new Date(0),
      menu_keys: [],
      recordings: [],
      tags: [],
      related_ids: {},
      legs: [],
    };
    const names = [...callColumns.map(({ sqlName }) => sqlName), "legs", "raw"];
    expect(rows[0]).toEqual({ ...Object.fromEntries(names.map((name) => [name, null])), ...known });
    expect(rows[1]).toEqual(rowOf(fullCall));
  });

  it("declares its types", async () => {
    const { metadata } = await write([]);
    const [root, ...columns] = metadata.schema;
    expect(root).toMatchObject({ name: "call_records", num_children: callColumns.length + 2 });
    const typeOf = Object.fromEntries(
      columns.map(({ name, type, converted_type, repetition_type }) => [
        name,
        [type, converted_type, repetition_type].filter((part) => part !== undefined).join(" "),
      ]),
    );
    expect(typeOf).toMatchObject({
      account: "BYTE_ARRAY UTF8 REQUIRED",
      application: "BYTE_ARRAY UTF8 REQUIRED",
      id: "BYTE_ARRAY UTF8 REQUIRED",
      caller_number: "BYTE_ARRAY UTF8 OPTIONAL",
      started_at: "INT64 TIMESTAMP_MILLIS OPTIONAL",
      talk_seconds: "INT32 OPTIONAL",
      transferred: "BOOLEAN OPTIONAL",
      cost_amount: "BYTE_ARRAY UTF8 OPTIONAL",
      tags: "BYTE_ARRAY JSON OPTIONAL",
      raw: "BYTE_ARRAY JSON OPTIONAL",
    });
    expect(columns.find(({ name }) => name === "started_at")?.logical_type).toEqual({
      type: "TIMESTAMP",
      isAdjustedToUTC: true,
      unit: "MILLIS",
    });
  });

  it("has no row and all columns without calls", async () => {
    const { rows, metadata, report } = await write([]);
    expect(rows).toEqual([]);
    expect(report.rows).toBe(0);
    expect(metadata.schema).toHaveLength(callColumns.length + 3);
  });

  it.each(Object.entries(HOSTILE_TEXTS))("keeps %s in every text", async (_, text) => {
    const call = { ...fullCall, remark: text, tags: [text], relatedIds: { [text]: text }, raw: { [text]: [text] } };
    const { rows } = await write([{ ...call, legs: [{ ...leg, number: text }] }]);
    const stored = storable(text);
    expect(rows[0]).toMatchObject({
      remark: stored,
      tags: [stored],
      related_ids: { [stored]: stored },
      raw: { [stored]: [stored] },
      legs: [{ number: stored }],
    });
  });

  it("keeps different ids different", async () => {
    const ids = [...SIMILAR_IDS, "id\\u0000"];
    const { rows } = await write(ids.map((id) => ({ ...fullCall, account: id, application: id, id })));
    const expected = ids.map((id) =>
      id.replaceAll("\\", "\\\\").replaceAll("\0", "\\u0000").replaceAll("\ud83d", "\\ud83d"),
    );
    for (const name of ["account", "application", "id"]) expect(rows.map((row) => row[name])).toEqual(expected);
  });

  it("contains the rows of any calls, in any number of row groups", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(callRecords, { maxLength: 7 }), fc.integer({ min: 1, max: 8 }), async (calls, size) => {
        const { rows, metadata } = await write(calls, { rowGroupRows: size });
        expect(rows).toEqual(calls.map((call) => escaped(rowOf(call))));
        expect(metadata.row_groups).toHaveLength(Math.ceil(calls.length / size));
      }),
      { numRuns: runs(100) },
    );
  });
});

/** Escapes the backslashes of ids. The generated texts contain neither NUL nor surrogates. */
function escaped(row: ParquetRow): ParquetRow {
  const ids = callColumns.filter(({ type }) => type === "id").map(({ sqlName }) => sqlName);
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      ids.includes(name) && typeof value === "string" ? value.replaceAll("\\", "\\\\") : value,
    ]),
  );
}

describe("row groups", () => {
  /** Yields calls with different values in all rows. */
  function* calls(count: number): Generator<CallRecord> {
    for (let index = 0; index < count; index += 1)
      yield { ...fullCall, id: String(index), startedAt: new Date(index * 1000), talkSeconds: index };
  }

  it("have 10,000 rows by default, and state the range of the times", { tags: ["slow"] }, async () => {
    const { rows, metadata } = await write(calls(20_001));
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 20_001 }, (_, index) => String(index)));
    expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([10_000, 10_000, 1]);
    const ranges = metadata.row_groups.map(({ columns }) => {
      const column = columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === "started_at");
      return [column?.meta_data?.statistics?.min_value, column?.meta_data?.statistics?.max_value];
    });
    expect(ranges).toEqual([
      [new Date(0), new Date(9_999_000)],
      [new Date(10_000_000), new Date(19_999_000)],
      [new Date(20_000_000), new Date(20_000_000)],
    ]);
  });

  it("end earlier when the texts are long", async () => {
    const remark = "记".repeat(1024 * 1024);
    const long = Array.from({ length: 40 }, (_, index) => ({ ...fullCall, id: String(index), remark }));
    const { rows, metadata } = await write(long);
    expect(metadata.row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([32, 8]);
    expect(rows.every((row) => row.remark === remark)).toBe(true);
  });
});
