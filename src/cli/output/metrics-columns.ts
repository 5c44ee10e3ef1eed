import { column, type Column } from "../../columns/column.js";
import type { CallMetrics, GroupKey, Metrics, MetricsGroup } from "../../metrics/index.js";

/** A row of the numbers of a report: the totals, or one group. */
export interface MetricsRow {
  /** The dimensions of the group, such as `account+day`; `total` for all calls. */
  grouping: string;
  key: GroupKey;
  names: MetricsGroup["names"];
  metrics: CallMetrics;
}

/** Returns the totals, and the groups of each grouping. */
export function metricsRows({ totals, groupings }: Metrics): MetricsRow[] {
  const groups = groupings.flatMap((grouping) =>
    grouping.groups.map((group) => ({ grouping: grouping.groupBy.join("+"), ...group })),
  );
  return [{ grouping: "total", key: {}, names: {}, metrics: totals }, ...groups];
}

const number = (name: string, read: (metrics: CallMetrics) => number | null | undefined) =>
  column(name, name, "number", ({ metrics }: MetricsRow) => read(metrics));
const text = (name: string, read: (row: MetricsRow) => string | null | undefined) => column(name, name, "text", read);

/** The columns of these rows. A number that a vendor does not provide is empty. */
export const metricsColumns: readonly Column<MetricsRow>[] = [
  text("grouping", ({ grouping }) => grouping),
  text("account", ({ key }) => key.account),
  text("day", ({ key }) => key.day),
  text("weekday", ({ key }) => key.weekday),
  text("hour", ({ key }) => key.hour),
  text("agent", ({ key }) => key.agent),
  text("agentName", ({ names }) => names.agent),
  text("queue", ({ key }) => key.queue),
  text("queueName", ({ names }) => names.queue),
  number("calls", ({ calls }) => calls),
  number("inbound.offered", ({ inbound }) => inbound.offered),
  number("inbound.answered", ({ inbound }) => inbound.answered),
  number("inbound.abandoned", ({ inbound }) => inbound.abandoned),
  number("inbound.shortAbandoned", ({ inbound }) => inbound.shortAbandoned),
  number("inbound.missed", ({ inbound }) => inbound.missed),
  number("inbound.abandonedInMenu", ({ inbound }) => inbound.abandonedInMenu),
  number("inbound.answerRate", ({ inbound }) => inbound.answerRate),
  number("inbound.abandonRate", ({ inbound }) => inbound.abandonRate),
  number("inbound.serviceLevel", ({ inbound }) => inbound.serviceLevel),
  number("inbound.averageSpeedOfAnswer", ({ inbound }) => inbound.averageSpeedOfAnswer),
  number("inbound.wait.median", ({ inbound }) => inbound.wait?.median),
  number("inbound.wait.p90", ({ inbound }) => inbound.wait?.p90),
  number("outbound.attempts", ({ outbound }) => outbound.attempts),
  number("outbound.connected", ({ outbound }) => outbound.connected),
  number("outbound.connectRate", ({ outbound }) => outbound.connectRate),
  number("unclassified", ({ unclassified }) => unclassified),
  number("talkSeconds.total", ({ talkSeconds }) => talkSeconds?.total),
  number("talkSeconds.mean", ({ talkSeconds }) => talkSeconds?.mean),
  number("talkSeconds.median", ({ talkSeconds }) => talkSeconds?.median),
];
