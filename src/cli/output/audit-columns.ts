import { column, jsonColumn } from "../../columns/column.js";
import type { AccountAuditReport } from "../../index.js";
import type { Columns } from "./columns.js";

/** The columns of the results of an audit. */
export const auditColumns: Columns<AccountAuditReport> = {
  all: [
    column("account", "account", "text", (audit) => audit.account),
    column("provider", "provider", "text", (audit) => audit.provider),
    column("status", "status", "text", (audit) => audit.status),
    column("calls", "calls", "number", (audit) => audit.calls),
    column("missing", "missing", "number", (audit) => audit.missing),
    column("changed", "changed", "number", (audit) => audit.changed),
    column("delisted", "delisted", "number", (audit) => audit.delisted),
    column("forgotten", "forgotten", "number", (audit) => audit.forgotten),
    column("repaired", "repaired", "number", (audit) => audit.repaired),
    column("requests", "requests", "number", (audit) => audit.requests),
    jsonColumn(
      "notCompared",
      "not compared",
      (audit: AccountAuditReport) => audit.notCompared,
      (intervals) => intervals.map(({ from, to, reason }) => `${from}/${to}=${reason}`).join(" "),
    ),
  ],
  table: ["account", "status", "calls", "missing", "changed", "delisted", "repaired", "requests"],
  widths: { account: [11, 24] },
};
