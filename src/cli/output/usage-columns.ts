import { column } from "../../columns/column.js";
import type { UsageSummary } from "../../model/usage-summary.js";
import type { Columns } from "./columns.js";

/** The columns of usage summaries. */
export const usageColumns: Columns<UsageSummary> = {
  all: [
    column("account", "account", "text", (summary) => summary.account),
    column("provider", "provider", "text", (summary) => summary.provider),
    column("application", "application", "text", (summary) => summary.application),
    column("from", "from", "time", (summary) => summary.from),
    column("to", "to", "time", (summary) => summary.to),
    column("source", "source", "text", (summary) => summary.source),
    column("complete", "complete", "boolean", (summary) => summary.complete),
    column("calls.total", "calls", "number", (summary) => summary.calls?.total),
    column("calls.answered", "answered", "number", (summary) => summary.calls?.answered),
    column("calls.inbound", "inbound", "number", (summary) => summary.calls?.inbound),
    column("calls.outbound", "outbound", "number", (summary) => summary.calls?.outbound),
    column("minutes.outbound", "min out", "number", (summary) => summary.minutes.outbound),
    column("minutes.inbound", "min in", "number", (summary) => summary.minutes.inbound),
    column("minutes.voip", "voip", "number", (summary) => summary.minutes.voip),
    column("minutes.unclassified", "unclass.", "number", (summary) => summary.minutes.unclassified),
    column("minutes.asrOffline", "asr off", "number", (summary) => summary.minutes.asrOffline),
    column("minutes.asrRealtime", "asr live", "number", (summary) => summary.minutes.asrRealtime),
    column("talkSeconds", "talk", "seconds", (summary) => summary.talkSeconds),
    column("answeredWithoutDuration", "no length", "number", (summary) => summary.answeredWithoutDuration),
    column("seats", "seats", "number", (summary) => summary.seats),
  ],
  table: [
    "account",
    "application",
    "from",
    "minutes.outbound",
    "minutes.inbound",
    "calls.total",
    "complete",
    "source",
    "to",
    "calls.answered",
    "seats",
    "minutes.voip",
    "minutes.unclassified",
    "talkSeconds",
    "answeredWithoutDuration",
    "minutes.asrOffline",
    "minutes.asrRealtime",
  ],
  widths: { account: [11, 24], application: [11, 11] },
};
