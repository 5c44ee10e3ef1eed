import type { DuckDBConnection } from "@duckdb/node-api";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callColumns, type CallRecord, toRow } from "call-records";
import { writeParquet } from "call-records/parquet";
import { beforeAll, describe, expect, it } from "vitest";
import { HOSTILE_TEXTS, storable } from "../../src/testing/destination/hostile-texts.js";
import { closeWithFile } from "../closing.js";
import { emptyCall, fullCall } from "../columns/full-call.js";
import { readDocument } from "../documents.js";
import { DUCKDB_TYPES } from "./duckdb-types.js";
import { openDuckDb, query } from "./duckdb.js";

let folder: string;
let connection: DuckDBConnection;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "duckdb-"));
  closeWithFile(() => rm(folder, { recursive: true }));
  connection = await openDuckDb();
});

let files = 0;

/** Writes calls, and returns a function that runs a query on `calls.parquet`. */
async function write(calls: Iterable<CallRecord>, rowGroupRows?: number) {
  const path = join(folder, `${(files += 1)}.parquet`);
  await writeParquet(calls, path, { rowGroupRows });
  return (sql: string) => query(connection, sql.replaceAll("'calls.parquet'", `'${path}'`));
}

describe("DuckDB", () => {
  it("finds the type of each column", async () => {
    const run = await write([fullCall]);
    const described = await run("describe from 'calls.parquet'");
    expect(described.map((row) => [row.column_name, row.column_type])).toEqual([
      ...callColumns.map(({ sqlName, type }) => [sqlName, DUCKDB_TYPES[type]]),
      ["legs", "JSON"],
      ["raw", "JSON"],
    ]);
  });

  it("reads every value of a call", async () => {
    const run = await write([fullCall]);
    const texts = callColumns.map(({ sqlName, type }) =>
      type === "time" ? `epoch_ms(${sqlName})::varchar as ${sqlName}` : `${sqlName}::varchar as ${sqlName}`,
    );
    const [row] = await run(`select ${texts.join(", ")}, raw::varchar as raw from 'calls.parquet'`);
    const expected = callColumns.map(({ sqlName, type, read }) => {
      const value = read(fullCall);
      if (value instanceof Date) return [sqlName, String(value.getTime())];
      return [sqlName, type === "json" ? JSON.stringify(value) : `${value as string | number | boolean}`];
    });
    expect(row).toEqual({ ...Object.fromEntries(expected), raw: '{"SessionId":"1"}' });
  });

  it("reads unknown values as null, and a missing application as an empty text", async () => {
    const nulls = callColumns.filter(({ name, type }) => toRow(nothing)[name] === null && type !== "json");
    const run = await write([nothing, fullCall, nothing]);
    const counts = nulls.map(({ sqlName }) => `count(${sqlName}) as ${sqlName}`);
    const [row] = await run(`select ${counts.join(", ")}, count(raw) as raw from 'calls.parquet'`);
    const one = Object.fromEntries(nulls.map(({ sqlName }) => [sqlName, sqlName === "application" ? "3" : "1"]));
    expect(nulls.length).toBeGreaterThan(25);
    expect(row).toEqual({ ...one, raw: "1" });
    expect(await run("select distinct application from 'calls.parquet' where id = 'nothing'")).toEqual([
      { application: "" },
    ]);
  });

  it("reads instants exactly, before and after 1970", async () => {
    const times = [
      "0001-01-01T00:00:00.001Z",
      "1969-12-31T23:59:59.999Z",
      "2026-10-31T23:59:58.250Z",
      "9999-12-31T23:59:59.999Z",
    ];
    const run = await write(times.map((time) => ({ ...fullCall, startedAt: new Date(time) })));
    const rows = await run("select epoch_ms(started_at)::varchar as ms from 'calls.parquet'");
    expect(rows.map(({ ms }) => new Date(Number(ms)).toISOString())).toEqual(times);
    expect(
      await run("select started_at at time zone 'Asia/Shanghai' as local from 'calls.parquet' offset 2 limit 1"),
    ).toEqual([{ local: "2026-11-01 07:59:58.25" }]);
  });

  it.each(Object.entries(HOSTILE_TEXTS))("reads %s", async (_, text) => {
    const run = await write([{ ...fullCall, remark: text, tags: [text], raw: { [text]: text } }]);
    // As hexadecimal bytes, because the driver removes a byte order mark.
    const [row] = await run(
      "select hex(remark) as remark, hex(tags ->> 0) as tag, hex(json_keys(raw)[1]) as key from 'calls.parquet'",
    );
    const stored = Buffer.from(storable(text)).toString("hex").toUpperCase();
    expect(row).toEqual({ remark: stored, tag: stored, key: stored });
  });

  it("reads several row groups, and skips those outside of a range of time", async () => {
    const calls = Array.from({ length: 2500 }, (_, index) => ({
      ...fullCall,
      id: String(index),
      startedAt: new Date(index * 1000),
    }));
    const run = await write(calls, 1000);
    expect(
      await run("select count(*) as rows, count(distinct id) as ids, sum(id::int)::int as sum from 'calls.parquet'"),
    ).toEqual([{ rows: "2500", ids: "2500", sum: 3_123_750 }]);
    const groups = await run(
      "select distinct row_group_num_rows as rows from parquet_metadata('calls.parquet') order by rows",
    );
    expect(groups).toEqual([{ rows: "500" }, { rows: "1000" }]);
    expect(await run("select count(*) as rows from 'calls.parquet' where started_at >= to_timestamp(2000)")).toEqual([
      { rows: "500" },
    ]);
  });

  it("reads a file without calls", async () => {
    const run = await write([]);
    expect(await run("select count(*) as rows from 'calls.parquet'")).toEqual([{ rows: "0" }]);
  });
});

/** A call of which only the required fields are known. */
const nothing: CallRecord = { ...emptyCall, id: "nothing" };

/** A day of three calls, in the zone of the queries: two in one hour, one of which nobody answered. */
const day: CallRecord[] = [
  {
    ...fullCall,
    id: "1",
    startedAt: new Date("2026-11-01T09:10:00+08:00"),
    endedAt: new Date("2026-11-01T09:12:00+08:00"),
    waitSeconds: 20,
    talkSeconds: 90,
    menuKeys: [{ key: "1", label: "Sales", at: null }],
  },
  {
    ...fullCall,
    id: "2",
    startedAt: new Date("2026-11-01T09:50:00+08:00"),
    endedAt: null,
    outcome: "abandoned",
    agent: null,
    waitSeconds: 75,
    talkSeconds: null,
    menuKeys: [
      { key: "2", label: null, at: null },
      { key: "1", label: "Sales", at: null },
    ],
  },
  {
    ...fullCall,
    id: "3",
    startedAt: new Date("2026-11-01T23:30:00+08:00"),
    endedAt: new Date("2026-11-01T23:45:00+08:00"),
    direction: "outbound",
    waitSeconds: null,
    talkSeconds: 30,
    menuKeys: [],
  },
];

/** The results of the queries of docs/parquet.md, in their order. */
const RESULTS: readonly Record<string, unknown>[][] = [
  [{ hour: "9", calls: "2", answered_percent: 50 }],
  [
    {
      started: "2026-11-01 09:50:00",
      customer_number: "008618392515977",
      queue_name: "Support",
      wait_seconds: 75,
      outcome: "abandoned",
    },
    {
      started: "2026-11-01 09:10:00",
      customer_number: "008618392515977",
      queue_name: "Support",
      wait_seconds: 20,
      outcome: "answered",
    },
  ],
  [
    {
      agent_name: "张三, B",
      day: "2026-11-01",
      calls: "2",
      inbound: "1",
      outbound: "1",
      talk_minutes: 2,
      first_call: "09:10:00",
      last_end: "23:45:00",
    },
  ],
  [
    { key: "1", label: "Sales", times: "2" },
    { key: "2", label: null, times: "1" },
  ],
  [{ id: "1" }, { id: "2" }, { id: "3" }],
];

describe("the queries of docs/parquet.md", () => {
  const queries = readDocument("docs/parquet.md").blocks.filter(({ language }) => language === "sql");

  it("are as many as the results below", () => {
    expect(queries).toHaveLength(RESULTS.length);
  });

  it.each(queries.map(({ code }, index) => [index + 1, code, RESULTS[index]] as const))(
    "%i returns what the document states",
    async (_, code, expected) => {
      // The last call is there twice, as in files whose ranges overlap.
      const isDeduplicating = code.includes("qualify");
      const run = await write(isDeduplicating ? [...day, ...day] : day);
      const rows = await run(code.trimEnd().replace(/;$/, ""));
      const comparable = isDeduplicating
        ? rows.map(({ id }) => ({ id })).sort((a, b) => Number(a.id) - Number(b.id))
        : rows;
      expect(comparable).toEqual(expected);
    },
  );
});
