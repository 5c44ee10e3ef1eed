import type { UsageSummary } from "../../model/usage-summary.js";
import type { Column, Columns } from "./columns.js";

const number = (
  name: string,
  heading: string,
  value: (summary: UsageSummary) => number | null,
  width = 8,
): Column<UsageSummary> => ({ name, heading, value, width, align: "right" });

/** The columns of usage summaries. */
export const usageColumns: Columns<UsageSummary> = {
  all: [
    { name: "account", value: ({ account }) => account, width: 11, maxWidth: 24 },
    { name: "provider", value: ({ provider }) => provider, width: 11 },
    { name: "application", value: ({ application }) => application, width: 11 },
    { name: "from", value: ({ from }) => from, width: 16, maxWidth: 19 },
    { name: "to", value: ({ to }) => to, width: 16, maxWidth: 19 },
    { name: "source", value: ({ source }) => source, width: 7 },
    { name: "complete", value: ({ complete }) => complete, width: 8 },
    number("calls.total", "calls", ({ calls }) => calls?.total ?? null),
    number("calls.answered", "answered", ({ calls }) => calls?.answered ?? null),
    number("calls.inbound", "inbound", ({ calls }) => calls?.inbound ?? null),
    number("calls.outbound", "outbound", ({ calls }) => calls?.outbound ?? null),
    number("minutes.outbound", "min out", ({ minutes }) => minutes.outbound, 7),
    number("minutes.inbound", "min in", ({ minutes }) => minutes.inbound, 7),
    number("minutes.voip", "voip", ({ minutes }) => minutes.voip, 6),
    number("minutes.unclassified", "unclass.", ({ minutes }) => minutes.unclassified),
    number("minutes.asrOffline", "asr off", ({ minutes }) => minutes.asrOffline, 7),
    number("minutes.asrRealtime", "asr live", ({ minutes }) => minutes.asrRealtime),
    number("talkSeconds", "talk s", ({ talkSeconds }) => talkSeconds),
    number("answeredWithoutDuration", "no length", ({ answeredWithoutDuration }) => answeredWithoutDuration, 9),
    number("seats", "seats", ({ seats }) => seats, 5),
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
};
