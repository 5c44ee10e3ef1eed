import type { CallTable } from "../data/call-table.js";
import { readPage, type ListFlaw } from "../data/list-page.js";
import type { PlannedCall } from "../data/planned-call.js";
import { type NumberMatching, partyTest } from "../data/number-matching.js";
import { callerOf, detailText } from "./detail-row.js";
import { ITA_TASK } from "./reason-codes.js";

const MAX_WINDOW_MS = 7 * 86_400_000;

/** A response of queryCallDetailRecord as JSON text; null for a business failure (HTTP 500). */
export type DetailResponse = { retCode: string; text: string; flawed?: boolean } | null;

const refuse = (retCode: string, retMsg: string) => ({ retCode, text: JSON.stringify({ retCode, retMsg }) });

/** Reads a timestamp such as 1572794607000 from a string, or from a number, which the documentation does not exclude. */
function timestamp(value: unknown): number | null {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^\d{13}$/.test(text) ? Number(text) : null;
}

/** Reads a whole number from a string or a number. Returns the default when absent. */
function wholeNumber(value: unknown, whenAbsent: number): number | null {
  if (value === undefined || value === null || value === "") return whenAbsent;
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** Returns the filter of a taskType. 0, the default, is every type except ITA bidirectional calls. */
function ofTask(taskType: string): ((call: PlannedCall) => boolean) | null {
  if (taskType === "0") return (call) => call.type !== ITA_TASK;
  return /^[1-4]$/.test(taskType) ? (call) => call.type === Number(taskType) : null;
}

/** Returns the caller in the row of a call, which a custom call may replace. */
function writtenCallerOf(call: PlannedCall): string {
  const written = call.overrides?.caller;
  return typeof written === "string" ? written : callerOf(call);
}

/** Returns the response of queryCallDetailRecord, according to tables 3 and 4 of its documentation. */
export function queryCallDetails(
  table: CallTable,
  body: ReadonlyMap<string, unknown>,
  now: number,
  matching: NumberMatching,
  flaw?: ListFlaw,
): DetailResponse {
  const from = timestamp(body.get("startTime"));
  const to = timestamp(body.get("endTime"));
  if (from === null || to === null) return refuse("2", "The format of the start time and end time is incorrect.");
  if (from > to || to - from > MAX_WINDOW_MS)
    return refuse("2", "The interval between the start and the end time cannot exceed seven days.");
  const offset = wholeNumber(body.get("offset"), 0);
  const limit = wholeNumber(body.get("limit"), 100);
  if (offset === null || limit === null || limit < 1 || limit > 100)
    return refuse("4", "The limit or offset pagination data format is incorrect.");
  const caller = body.get("caller") ?? "";
  if (typeof caller !== "string" || caller.length > 32) return refuse("12", "The calling number is unavailable.");
  const taskValue = body.get("taskType") ?? "0";
  const taskType = typeof taskValue === "number" ? String(taskValue) : taskValue;
  const isWanted = typeof taskType === "string" ? ofTask(taskType === "" ? "0" : taskType) : null;
  if (isWanted === null || typeof taskType !== "string") return null;
  const hasNumber = partyTest(matching, [caller]);
  const found = table.find({
    from,
    to,
    now,
    filter: {
      name: `${taskType}/${caller}`,
      matches: (call) => isWanted(call) && (caller === "" || hasNumber(writtenCallerOf(call), call.customer)),
    },
  });
  const { total, calls, flawed, withheld } = readPage(found, offset, limit, flaw, false);
  if (withheld === "refused") return refuse("4", "The limit or offset pagination data format is incorrect.");
  if (withheld === "no-data" || (calls.length === 0 && withheld === null))
    return { retCode: "1", text: JSON.stringify({ retCode: "1", retMsg: "No data is found." }), flawed };
  const rows = calls.map((call) => detailText(call, now)).join(",");
  return {
    retCode: "0",
    text: `{"result":{"total":${total},"callInfo":[${rows}]},"retCode":"0","retMsg":"Query call detail record successfully"}`,
    flawed,
  };
}
