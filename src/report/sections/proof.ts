import { daysFrom } from "../calendar/day.js";
import { type DayState, dayStates, worstState } from "../calendar/day-states.js";
import { legend } from "../charts/legend.js";
import { stateStrip } from "../charts/state-strip.js";
import { type VerifiedAccount, type ReportData, stateOfDay } from "../data/report-data.js";
import { dataTable, details } from "../markup/data-table.js";
import { type Content, markup, type Html, nameHtml } from "../markup/html.js";
import { emptyMessage, type Section, type SectionInput } from "./section.js";

/** The number of intervals that the table lists. */
const MAX_INTERVALS = 400;

/** Returns which days are complete, unsettled or missing, by account. */
export function proof({ data, formats }: SectionInput): Section {
  const { words, count } = formats;
  const { heading, unverified, lead, states } = words.proof;
  const { proof: accounts, range } = data;
  if (accounts === null) return { id: "proof", heading, lead: null, content: emptyMessage(unverified) };
  const days = range === null ? [] : daysFrom(range.first, range.last);
  const complete = days.filter((day) => stateOfDay(accounts, day) === "complete").length;
  const occurring = [...dayStates]
    .reverse()
    .filter((state) => accounts.some(({ states: own }) => [...own.values()].includes(state)));
  return {
    id: "proof",
    heading,
    lead: lead(count(complete), count(days.length)),
    content: [
      legend(occurring.map((state) => ({ name: states[state], color: `state-${state}` }))),
      accounts.map((account, index) => accountStrip(account, index, { data, formats })),
      intervalTable(accounts, { data, formats }),
    ],
  };
}

type Input = Pick<SectionInput, "data" | "formats">;

function accountStrip({ proof: account, states }: VerifiedAccount, index: number, { data, formats }: Input): Html {
  const { words, count } = formats;
  const counts = [...dayStates].reverse().flatMap((state) => {
    const days = [...states.values()].filter((one) => one === state).length;
    return days === 0 ? [] : [words.proof.days(words.proof.states[state], count(days))];
  });
  const cells = data.periods.map((period) => {
    const own = daysFrom(period.first, period.last).flatMap((day) => states.get(day) ?? []);
    const state: DayState = worstState(own);
    return { state, title: `${formats.period(period)}: ${words.proof.states[state]}` };
  });
  const name = {
    id: `proof-${index}`,
    title: account.account,
    description: words.proof.description(account.account, counts.join(words.list)),
  };
  const facts = [
    account.provider,
    words.proof.statuses[account.status],
    ...(account.unreadable > 0 ? [words.proof.unreadable(count(account.unreadable))] : []),
  ];
  return markup`<div class="account"><h3>${nameHtml(account.account)} <span class="id">${facts.join(" · ")}</span></h3>${counts.length === 0 ? null : [stateStrip(name, cells), markup`<p class="sub">${counts.join(" · ")}</p>`]}${account.error === undefined ? null : markup`<p class="note">${words.proof.error}: ${nameHtml(account.error.message)}</p>`}</div>\n`;
}

interface Row {
  account: string;
  from: string;
  to: string;
  reason: string;
}

/** Returns the table of the intervals that are not complete. */
function intervalTable(accounts: readonly VerifiedAccount[], { data, formats }: Input): Content {
  const { words, count } = formats;
  const { columns } = words;
  const rows = accounts.flatMap(({ proof: { account, gaps, unsettled } }): Row[] => [
    ...gaps.map(({ from, to, reason }) => ({ account, from, to, reason: words.proof.gapReasons[reason] })),
    ...unsettled.map(({ from, to }) => ({ account, from, to, reason: words.proof.unsettled })),
  ]);
  if (rows.length === 0) return null;
  const joined = joinRows(rows);
  const table = dataTable(
    words.proof.gaps,
    [
      { heading: columns.account, cell: ({ account }) => nameHtml(account) },
      { heading: columns.from, cell: ({ from }) => formats.instant(from, data.zone) },
      { heading: columns.to, cell: ({ to }) => formats.instant(to, data.zone) },
      { heading: columns.reason, cell: ({ reason }) => reason },
    ],
    joined.slice(0, MAX_INTERVALS),
  );
  const hidden = joined.length - MAX_INTERVALS;
  const note = hidden > 0 ? markup`<p class="note">${words.hiddenRows(count(hidden))}</p>` : null;
  return joined.length > 8 ? details(words.proof.gaps, [table, note]) : [table, note];
}

/** Joins intervals of one account and reason that follow each other. */
function joinRows(rows: readonly Row[]): Row[] {
  const joined: Row[] = [];
  for (const row of rows) {
    const last = joined.at(-1);
    if (last?.account === row.account && last.reason === row.reason && last.to === row.from) last.to = row.to;
    else joined.push({ ...row });
  }
  return joined;
}

/** Whether calls may be missing, by the proof. */
export function hasGaps({ proof: accounts }: ReportData): boolean {
  return (accounts ?? []).some(
    ({ proof: one }) => one.gaps.length > 0 || one.unreadable > 0 || one.status === "failed",
  );
}
