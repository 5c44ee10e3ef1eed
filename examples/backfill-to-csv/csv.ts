import type { CallRecord } from "call-records";
import Papa from "papaparse";

type Cell = string | number | null;

/** The columns, and what stands in them. Take out what you do not need: remarks and numbers are personal data. */
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
 * Strangers write remarks and the numbers that a telephone shows, and a spreadsheet runs what begins like a formula: it gets an apostrophe in front. The full-width
 * signs of a Chinese keyboard count as well. A sign before nothing but digits is a telephone number, and is left alone.
 */
const FORMULA_AT_START = /^[ \u00A0\u3000"]*(?:[=@＝＋－＠\t\r\n]|[+-](?!\d+(?:[;\t\r\n]|$)))/;
/** Where cells are divided by semicolons, as in many countries, or by tabulations, a formula may begin inside of a cell. */
const FORMULA_INSIDE = /(\r\n|[;\t\r\n])(?=[ \u00A0\u3000"]*(?:[=@＝＋－＠]|[+-](?!\d+(?:[;\t\r\n]|$))))/g;
/** Another program may divide cells here, or has an apostrophe to show. */
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
