import { addOutcomes, callsOf, type OutcomeCounts } from "../../metrics/call-counts.js";
import { callOutcomes } from "../../metrics/outcomes.js";
import { legend } from "../charts/legend.js";
import { shareBar } from "../charts/share-bar.js";
import type { ReportGroup } from "../data/report-data.js";
import { dataTable, details } from "../markup/data-table.js";
import { nameHtml } from "../markup/html.js";
import { type CallPart, inboundParts, outboundParts } from "./call-parts.js";
import { emptyMessage, type Section, type SectionInput } from "./section.js";
import { reporterNotes, shownValue } from "./shown-value.js";

/** A bar: the calls of one account in one direction. */
interface Row {
  account: ReportGroup;
  direction: string;
  parts: CallPart[];
}

/** Returns the results of the calls of each account. */
export function outcomes({ data, formats }: SectionInput): Section {
  const { accounts, totals } = data;
  const { words, count, percent } = formats;
  const { heading, lead, inbound, outbound } = words.outcomes;
  if (totals.calls === 0) return { id: "outcomes", heading, lead: null, content: emptyMessage(words.noCalls) };
  const rows = accounts.flatMap((account): Row[] =>
    [
      { account, direction: inbound, parts: inboundParts(account.metrics) },
      { account, direction: outbound, parts: outboundParts(account.metrics) },
    ].filter(({ parts }) => sizeOf(parts) > 0),
  );
  const parts = [...inboundParts(totals), ...outboundParts(totals)].filter(({ calls }) => calls > 0);
  const chart = dataTable(
    heading,
    [
      { heading: words.columns.account, cell: ({ account, direction }) => [nameOf(account), ` · ${direction}`] },
      {
        heading: words.columns.results,
        cell: ({ parts: own }) =>
          shareBar(
            own.map(({ name, color, calls }) => ({
              value: calls,
              color,
              title: `${words.series[name]}: ${count(calls)} (${percent(calls / sizeOf(own))})`,
            })),
            sizeOf(own),
            18,
          ),
      },
      { heading: words.columns.calls, isNumber: true, cell: ({ parts: own }) => count(sizeOf(own)) },
      {
        heading: words.columns.answered,
        isNumber: true,
        cell: ({ account, direction }) =>
          direction === inbound
            ? shownValue(account.metrics, "answerRate", account.metrics.inbound.answerRate, percent, formats)
            : shownValue(account.metrics, "connectRate", account.metrics.outbound.connectRate, percent, formats),
      },
    ],
    rows,
  );
  const named = callOutcomes.filter((outcome) => accounts.some((account) => (allOutcomes(account)[outcome] ?? 0) > 0));
  const table = dataTable(
    words.outcomes.table,
    [
      { heading: words.columns.account, cell: nameOf },
      ...named.map((outcome) => ({
        heading: words.outcomeNames[outcome],
        isNumber: true,
        cell: (account: ReportGroup) => count(allOutcomes(account)[outcome] ?? 0),
      })),
      { heading: words.total, isNumber: true, cell: (account) => count(callsOf(allOutcomes(account))) },
    ],
    accounts,
  );
  const key = legend(parts.map(({ name, color, calls }) => ({ name: words.series[name], color, value: count(calls) })));
  const notes = reporterNotes(data, ["answerRate", "abandonRate", "connectRate"], formats);
  return { id: "outcomes", heading, lead, content: [key, chart, details(words.outcomes.table, table), notes] };
}

function nameOf({ key }: ReportGroup) {
  return nameHtml(key.account ?? "");
}

function sizeOf(parts: readonly CallPart[]): number {
  return parts.reduce((sum, { calls }) => sum + calls, 0);
}

function allOutcomes({ metrics }: ReportGroup): OutcomeCounts {
  const unclassified = Object.values(metrics.counts).map((counts) => counts.unclassified);
  return addOutcomes([metrics.inbound.outcomes, metrics.outbound.outcomes, ...unclassified]);
}
