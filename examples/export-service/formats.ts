import type { AccountReport, CallRecord } from "call-records";
import { type Cell, csvLine } from "./csv.js";

export interface Format {
  contentType: string;
  /** The text before the first call. */
  begin: string;
  line: (call: CallRecord) => string;
  /** Returns the text after the last call of a complete export. */
  end: (accounts: readonly AccountReport[]) => string;
}

const columns: readonly (readonly [name: string, value: (call: CallRecord) => Cell])[] = [
  ["account", ({ account }) => account],
  ["id", ({ id }) => id],
  ["application", ({ application }) => application],
  ["direction", ({ direction }) => direction],
  ["state", ({ state }) => state],
  ["outcome", ({ outcome }) => outcome],
  ["startedAt", ({ startedAt }) => startedAt],
  ["answeredAt", ({ answeredAt }) => answeredAt],
  ["endedAt", ({ endedAt }) => endedAt],
  ["talkSeconds", ({ talkSeconds }) => talkSeconds],
  ["caller", ({ caller }) => caller?.number ?? caller?.protectedId],
  ["callee", ({ callee }) => callee?.number ?? callee?.protectedId],
  ["agent", ({ agent }) => agent?.name ?? agent?.email ?? agent?.id],
];

export const formats = {
  /** One call per line. The last line, `{"report": …}`, states which ranges are verified complete. */
  ndjson: {
    contentType: "application/x-ndjson",
    begin: "",
    line: (call) => `${JSON.stringify(call)}\n`,
    end: (accounts) => `${JSON.stringify({ report: { accounts } })}\n`,
  },
  /** RFC 4180. It contains no report, because readers would treat its line as a call. */
  csv: {
    contentType: "text/csv; charset=utf-8; header=present",
    begin: csvLine(columns.map(([name]) => name)),
    line: (call) => csvLine(columns.map(([, value]) => value(call))),
    end: () => "",
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
