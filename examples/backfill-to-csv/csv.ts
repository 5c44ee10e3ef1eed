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
 * Strangers write remarks and the numbers that a telephone shows, and a spreadsheet runs what begins like a formula: such a cell gets an apostrophe in front.
 * The full-width signs of a Chinese keyboard count as well. A sign before nothing but digits is a telephone number, and is left alone.
 */
const FORMULA = /^(?:[=@＝＋－＠\t\r\n]|[+-](?!\d+$))/;

export const csvHeader = csvOf([Object.keys(columns)]);

export function csvRows(calls: readonly CallRecord[]): string {
  return csvOf(calls.map((call) => Object.values(columns).map((value) => value(call))));
}

function csvOf(rows: Cell[][]): string {
  return `${Papa.unparse(rows, { escapeFormulae: FORMULA })}\r\n`;
}
