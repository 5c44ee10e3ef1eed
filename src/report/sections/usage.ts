import type { ShownReconciliation, ShownSummaries } from "../data/read-usage.js";
import { dataTable, details } from "../markup/data-table.js";
import { type Content, markup, nameHtml } from "../markup/html.js";
import { differenceChart } from "./difference-chart.js";
import { emptyMessage, type Section, type SectionInput } from "./section.js";

/** The number of rows that a table lists. */
const MAX_ROWS = 400;

/** Returns the vendors' own count beside the records; null where there is nothing to compare. */
export function usage(input: SectionInput): Section | null {
  const { usage: shown, formats } = input;
  if (shown === null) return null;
  const { words, count } = formats;
  const { heading, reconciledLead, countedLead, none } = words.usage;
  if (shown.kind === "counted") {
    const { summaries } = shown;
    const isEmpty = summaries.length === 0;
    return {
      id: "usage",
      heading,
      lead: isEmpty ? null : countedLead,
      content: isEmpty ? emptyMessage(none) : counted(summaries, input),
    };
  }
  const { periods } = shown.reconciliation;
  const differing = periods.filter(({ categories }) => categories.some(({ difference }) => (difference ?? 0) !== 0));
  return {
    id: "usage",
    heading,
    lead: periods.length === 0 ? null : reconciledLead(count(differing.length), count(periods.length)),
    content: reconciled(shown.reconciliation, input),
  };
}

function counted(summaries: ShownSummaries, { data, formats }: SectionInput): Content {
  const { words, count, oneDecimal, inMinutes } = formats;
  const { columns } = words;
  const minutes = (value: number | null) => (value === null ? absent(words.notReported) : oneDecimal(value));
  const talkOf = (account: string) =>
    data.accounts.find(({ key }) => key.account === account)?.metrics.talkSeconds?.total ?? null;
  return listed(
    dataTable(
      words.usage.heading,
      [
        { heading: columns.account, cell: ({ account, application }) => nameOf(account, application) },
        { heading: columns.from, cell: ({ from }) => formats.instant(from.toISOString(), data.zone) },
        { heading: columns.to, cell: ({ to }) => formats.instant(to.toISOString(), data.zone) },
        { heading: columns.source, cell: ({ source }) => words.usage.sources[source] },
        { heading: words.usage.categories.outbound, isNumber: true, cell: (row) => minutes(row.minutes.outbound) },
        { heading: words.usage.categories.inbound, isNumber: true, cell: (row) => minutes(row.minutes.inbound) },
        { heading: words.usage.categories.voip, isNumber: true, cell: (row) => minutes(row.minutes.voip) },
        {
          heading: columns.talkOfRecords,
          isNumber: true,
          cell: ({ account }) => {
            const seconds = talkOf(account);
            return seconds === null ? absent(words.notReported) : inMinutes(seconds);
          },
        },
        { heading: columns.complete, cell: ({ complete }) => (complete ? words.yes : words.no) },
      ],
      summaries.slice(0, MAX_ROWS),
    ),
    summaries.length,
    (rows) => words.hiddenRows(count(rows)),
  );
}

function reconciled({ periods, withoutCount, callsOutside }: ShownReconciliation, input: SectionInput): Content {
  const { data, formats } = input;
  const { words, count, oneDecimal, signed } = formats;
  const { columns } = words;
  const rows = periods.flatMap(({ categories, ...period }) =>
    categories.flatMap((category) =>
      category.vendorMinutes === null && category.recordMinutes === 0 ? [] : [{ ...period, ...category }],
    ),
  );
  const minutes = (value: number | null, format = oneDecimal) =>
    value === null ? absent(words.notReported) : format(value);
  const table = listed(
    dataTable(
      words.usage.heading,
      [
        { heading: columns.account, cell: ({ account, application }) => nameOf(account, application) },
        { heading: columns.from, cell: ({ from }) => formats.instant(from, data.zone) },
        { heading: columns.to, cell: ({ to }) => formats.instant(to, data.zone) },
        { heading: columns.category, cell: ({ category }) => words.usage.categories[category] },
        { heading: columns.vendorMinutes, isNumber: true, cell: ({ vendorMinutes }) => minutes(vendorMinutes) },
        { heading: columns.recordMinutes, isNumber: true, cell: ({ recordMinutes }) => minutes(recordMinutes) },
        { heading: columns.difference, isNumber: true, cell: ({ difference }) => minutes(difference, signed) },
        { heading: columns.settled, cell: ({ settled }) => (settled ? words.yes : words.no) },
      ],
      rows.slice(0, MAX_ROWS),
    ),
    rows.length,
    (hidden) => words.hiddenRows(count(hidden)),
  );
  const explanations = explanationsOf(periods);
  const reasons = dataTable(
    words.usage.explanations,
    [
      { heading: columns.reason, cell: ({ reason }) => words.usage.reasons[reason] },
      { heading: columns.calls, isNumber: true, cell: ({ calls }) => count(calls) },
      { heading: words.usage.effect, isNumber: true, cell: (row) => signed(row.minutes) },
    ],
    explanations,
  );
  return [
    periods.length === 0
      ? emptyMessage(words.usage.none)
      : [differenceChart(periods, input), details(words.numbers, table)],
    explanations.length === 0 ? null : reasons,
    withoutCount.length === 0
      ? null
      : markup`<p class="note">${words.usage.withoutCount(withoutCount.join(words.list))}</p>`,
    callsOutside === 0 ? null : markup`<p class="note">${words.usage.callsOutside(count(callsOutside))}</p>`,
  ];
}

type Explanation = ShownReconciliation["periods"][number]["explanations"][number];

/** Adds the explanations of all periods, by reason. */
function explanationsOf(periods: ShownReconciliation["periods"]): Pick<Explanation, "reason" | "calls" | "minutes">[] {
  const sums = new Map<Explanation["reason"], { calls: number; minutes: number }>();
  for (const { reason, calls, minutes } of periods.flatMap(({ explanations }) => explanations)) {
    const sum = sums.get(reason) ?? { calls: 0, minutes: 0 };
    sums.set(reason, { calls: sum.calls + calls, minutes: sum.minutes + minutes });
  }
  return [...sums]
    .map(([reason, sum]) => ({ reason, ...sum }))
    .sort((one, other) => Math.abs(other.minutes) - Math.abs(one.minutes));
}

function nameOf(account: string, application: string | null): Content {
  return application === null ? nameHtml(account) : [nameHtml(account), " / ", nameHtml(application)];
}

function absent(text: string): Content {
  return markup`<span class="absent">${text}</span>`;
}

/** Adds the number of rows that a table does not list. */
function listed(table: Content, rows: number, hidden: (count: number) => string): Content {
  return rows <= MAX_ROWS ? table : [table, markup`<p class="note">${hidden(rows - MAX_ROWS)}</p>`];
}
