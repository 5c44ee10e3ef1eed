import type { CallRecord } from "call-records";
import Papa from "papaparse";

type Cell = string | number | null;

/** The columns and their values. Remove the columns that you do not need: remarks and numbers are personal data. */
const columns: Record<string, (call: CallRecord) => Cell> = {
  account: (call) => call.account,
  id: (call) => call.id,
  application: (call) => call.application,
  direction: (call) => call.direction,
  kind: (call) => call.kind,
  state: (call) => call.state,
  outcome: (call) => call.outcome,
  startedAt: (call) => call.startedAt.toISOString(),
  answeredAt: (call) => call.answeredAt?.toISOString() ?? null,
  endedAt: (call) => call.endedAt?.toISOString() ?? null,
  talkSeconds: (call) => call.talkSeconds,
  caller: (call) => call.caller?.e164 ?? call.caller?.number ?? null,
  callee: (call) => call.callee?.e164 ?? call.callee?.number ?? null,
  agent: (call) => call.agent?.name ?? null,
  hangupBy: (call) => call.hangup?.by ?? null,
  hangupCode: (call) => call.hangup?.code ?? null,
  tags: (call) => call.tags.join(" "),
  remark: (call) => call.remark,
};

/**
 * Matches text that a spreadsheet would run as a formula, which gets an apostrophe in front. Strangers can write remarks and displayed numbers. Full-width signs
 * also start a formula. A sign that is followed only by digits is a telephone number, and is not changed.
 */
const FORMULA_AT_START = /^[ \u00A0\u3000"]*(?:[=@＝＋－＠\t\r\n]|[+-](?!\d+(?:[;\t\r\n]|$)))/;
/** Matches a formula inside a cell, for programs that separate cells by semicolons, as in many countries, or by tabs. */
const FORMULA_INSIDE = /(\r\n|[;\t\r\n])(?=[ \u00A0\u3000"]*(?:[=@＝＋－＠]|[+-](?!\d+(?:[;\t\r\n]|$))))/g;
/** Matches text that another program may split, and text that begins with an apostrophe. */
const TO_QUOTE = /[;\t]|^'/;

export const csvHeader = csvOf([Object.keys(columns)]);

export function csvRows(calls: readonly CallRecord[]): string {
  return csvOf(calls.map((call) => Object.values(columns).map((value) => value(call))));
}

function csvOf(rows: Cell[][]): string {
  const safe = rows.map((row) => row.map((cell) => (typeof cell === "string" ? withoutFormulas(cell) : cell)));
  return `${Papa.unparse(safe, { quotes: (cell) => typeof cell === "string" && TO_QUOTE.test(cell) })}\r\n`;
}

function withoutFormulas(text: string): string {
  return `${FORMULA_AT_START.test(text) ? "'" : ""}${text.replace(FORMULA_INSIDE, "$1'")}`;
}
