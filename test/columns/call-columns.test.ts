import { describe, expect, expectTypeOf, it } from "vitest";
import {
  callColumns,
  type CallColumnName,
  type CallRecord,
  type CallRow,
  type ColumnType,
  type Outcome,
  type Recording,
  RequestError,
  toRow,
} from "call-records";
import { findColumns } from "../../src/columns/find-columns.js";
import { fullCall } from "./full-call.js";

/** The columns of the table of calls in SQL that a record supplies. */
const SQL_COLUMNS = [
  ..."account application id provider direction kind state outcome caller_number caller_e164 callee_number".split(" "),
  ..."callee_e164 agent_id agent_name agent_group_id agent_group_name started_at queued_at ringing_at".split(" "),
  ..."answered_at ended_at ring_seconds wait_seconds talk_seconds ivr_seconds hangup_by hangup_code hangup_reason".split(
    " ",
  ),
  ..."queue_id queue_name transferred satisfaction_key satisfaction_label menu_keys cost_amount cost_currency".split(
    " ",
  ),
  ..."related_ids tags remark custom_data updated_at".split(" "),
];

describe("callColumns", () => {
  it("have the names of the SQL columns in snake_case", () => {
    const names = callColumns.map(({ sqlName }) => sqlName);
    expect(SQL_COLUMNS.filter((name) => !names.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("have values of the type that they state", () => {
    const isOfType: Record<ColumnType, (value: unknown) => boolean> = {
      id: (value) => typeof value === "string",
      text: (value) => typeof value === "string",
      seconds: Number.isInteger,
      number: (value) => typeof value === "number",
      decimal: (value) => typeof value === "string" && !Number.isNaN(Number(value)),
      boolean: (value) => typeof value === "boolean",
      time: (value) => value instanceof Date,
      json: (value) => typeof value === "object" && !(value instanceof Date),
    };
    for (const { name, type, read } of callColumns)
      expect([name, isOfType[type](read(fullCall))]).toEqual([name, true]);
  });

  it("are each found by name, heading and SQL name, in upper and lower case", () => {
    for (const column of callColumns)
      for (const text of [column.name, column.heading, column.sqlName])
        for (const written of [text, ` ${text.toUpperCase()} `])
          expect(findColumns("x", callColumns, [written])).toEqual([column]);
  });

  it("reject a column that is named twice", () => {
    for (const { name, sqlName } of callColumns)
      expect(() => findColumns("--columns", callColumns, [name, sqlName])).toThrow(
        `--columns: the column ${name} is given twice. Name each column once.`,
      );
  });

  it.each([
    ["callre.number", "Similar columns are caller.number, callee.number."],
    ["number", "Similar columns are caller.number, callee.number, customer.number, line.number."],
    ["hangup", "Similar columns are hangup.by, hangup.code, hangup.reason."],
    ["answerd", "Similar columns are answeredAt."],
    ["", "The columns are account, provider, application,"],
    ["nope", "The columns are account, provider, application,"],
  ])("reject %j with the similar names", (text, message) => {
    expect(() => findColumns("--columns", callColumns, ["id", text])).toThrow(
      `--columns: there is no column "${text}". ${message}`,
    );
  });
});

describe("toRow", () => {
  it("returns each value of a record by the name of its column", () => {
    const { caller, callee, customer, line, agent, queue, hangup, satisfaction, cost, legs, raw, ...fields } = fullCall;
    expect([legs, raw]).toBeDefined();
    expect(toRow(fullCall)).toEqual({
      ...fields,
      "caller.number": caller?.number,
      "caller.e164": caller?.e164,
      "callee.number": callee?.number,
      "callee.e164": callee?.e164,
      "customer.number": customer?.number,
      "customer.e164": customer?.e164,
      "line.number": line?.number,
      "line.e164": line?.e164,
      "queue.id": queue?.id,
      "queue.name": queue?.name,
      "satisfaction.key": satisfaction?.key,
      "satisfaction.label": satisfaction?.label,
      "cost.amount": cost?.amount,
      "cost.currency": cost?.currency,
      "agent.id": agent?.id,
      "agent.name": agent?.name,
      "agent.groupId": agent?.groupId,
      "agent.groupName": agent?.groupName,
      "hangup.by": hangup?.by,
      "hangup.code": hangup?.code,
      "hangup.reason": hangup?.reason,
    });
  });

  it("returns null for what is unknown", () => {
    const row = toRow({ ...fullCall, caller: null, agent: null, hangup: null, talkSeconds: null, remark: null });
    expect(row).toMatchObject({ "caller.number": null, "agent.name": null, "hangup.by": null, talkSeconds: null });
    expect(Object.keys(row)).toEqual(callColumns.map(({ name }) => name));
  });

  it.each([undefined, null, "call", [], {}, { ...fullCall, menuKeys: undefined, id: 5 }])("rejects %o", (call) => {
    expect(() => toRow(call as CallRecord)).toThrow(RequestError);
    expect(() => toRow(call as CallRecord)).toThrow(/^toRow: argument `call`: must be a call record/);
  });

  it("has a type for each column", () => {
    expectTypeOf<CallRow["caller.number"]>().toEqualTypeOf<string | null>();
    expectTypeOf<CallRow["startedAt"]>().toEqualTypeOf<Date | null>();
    expectTypeOf<CallRow["talkSeconds"]>().toEqualTypeOf<number | null>();
    expectTypeOf<CallRow["outcome"]>().toEqualTypeOf<Outcome | null>();
    expectTypeOf<CallRow["recordings"]>().toEqualTypeOf<Recording[] | null>();
    expectTypeOf<keyof CallRow>().toEqualTypeOf<CallColumnName>();
    expectTypeOf<"caller.number">().toExtend<CallColumnName>();
    expectTypeOf<"caller.nmber">().not.toExtend<CallColumnName>();
  });
});
