import { readReportData, type ReportData } from "./data/report-data.js";
import { type Content, markup, type Html } from "./markup/html.js";
import { pageHtml } from "./markup/page.js";
import { type ReportOptions, readReportOptions } from "./report-options.js";
import { agents } from "./sections/agents.js";
import { definitions } from "./sections/definitions.js";
import { headline } from "./sections/headline.js";
import { hours } from "./sections/hours.js";
import { outcomes } from "./sections/outcomes.js";
import { hasGaps, proof } from "./sections/proof.js";
import { queues } from "./sections/queues.js";
import { rates } from "./sections/rates.js";
import { type Section, sectionHtml, type SectionInput } from "./sections/section.js";
import { talk } from "./sections/talk.js";
import { usage } from "./sections/usage.js";
import { volume } from "./sections/volume.js";
import { waits } from "./sections/waits.js";
import { Formats } from "./words/formats.js";
import type { Metrics } from "../metrics/index.js";

const OWNER = "renderReport";

/** The sections that have something to say about a range without calls. */
const WITHOUT_CALLS = [headline, volume, usage, proof, definitions];

const SECTIONS: readonly ((input: SectionInput) => Section | null)[] = [
  headline,
  volume,
  hours,
  rates,
  waits,
  talk,
  outcomes,
  agents,
  queues,
  usage,
  proof,
  definitions,
];

/**
 * Returns a report of metrics as one HTML page: charts with the tables behind them, and which days are complete, unsettled or missing. The page contains no script
 * and sends no request. It works offline, in light and dark mode, on narrow screens, on paper, and with a keyboard or a screen reader.
 *
 * The same arguments return the same page. It contains the names of accounts, agents and queues, and no telephone numbers.
 * @param metrics the result of `callMetrics` with `groupBy: REPORT_GROUPINGS`, or of `mergeMetrics` of such results. With its option `report`, the page shows the
 * proof.
 * @example
 * const metrics = await callMetrics(stream, { groupBy: REPORT_GROUPINGS, timeZone: "Asia/Shanghai", report: () => stream.report() });
 * await writeFile("report.html", renderReport(metrics, { title: "October 2026" }));
 * @throws RequestError when `metrics` is not such a result, lacks one of the groupings, or an option is invalid.
 */
export function renderReport(metrics: Metrics, options: ReportOptions = {}): string {
  const { title, locale, usage: shown } = readReportOptions(OWNER, options);
  const data = readReportData(OWNER, metrics);
  const formats = new Formats(locale);
  const name = title ?? formats.words.title;
  const isEmpty = data.totals.calls === 0;
  const sections = (isEmpty ? WITHOUT_CALLS : SECTIONS).flatMap(
    (section) => section({ data, formats, usage: shown }) ?? [],
  );
  return pageHtml(locale, name, [
    header(name, data, formats),
    contents(sections, formats),
    markup`<main>${sections.map(sectionHtml)}</main>\n`,
    markup`<footer>${formats.words.timeZone(data.zone.name)}</footer>`,
  ]).text;
}

function header(title: string, data: ReportData, formats: Formats): Html {
  const { words, count, fullDay } = formats;
  const { range, accounts, proof: verified } = data;
  const labels = new Set([
    ...accounts.map(({ key }) => key.account ?? ""),
    ...(verified ?? []).map(({ proof: { account } }) => account),
  ]);
  const days =
    range === null
      ? words.noRange
      : range.first === range.last
        ? formats.dayWithWeekday(range.first)
        : words.range(fullDay(range.first), fullDay(range.last));
  const facts = [days, data.zone.name, words.accounts(count(labels.size))].join(" · ");
  return markup`<header><h1>${title}</h1><p class="range">${facts}</p>${status(data, formats)}</header>\n`;
}

/** Returns whether the numbers are final. */
function status(data: ReportData, { words, count, instant }: Formats): Content {
  const { provisionalFrom, unprovenParts } = data.metrics;
  const { complete, incomplete, unverified, unverifiedParts: parts, provisional } = words.status;
  const isVerified = data.proof !== null;
  const lines = [
    ...(isVerified ? [] : [unverified]),
    ...(isVerified && unprovenParts > 0 ? [parts(count(unprovenParts))] : []),
    ...(hasGaps(data) ? [incomplete] : []),
    ...(provisionalFrom === null ? [] : [provisional(instant(provisionalFrom, data.zone))]),
  ];
  const name = hasGaps(data) ? "incomplete" : !isVerified || unprovenParts > 0 ? "unverified" : "provisional";
  if (lines.length === 0) return markup`<ul class="status complete"><li>${complete}</li></ul>`;
  return markup`<ul class="status ${name}">${lines.map((line) => markup`<li>${line}</li>`)}</ul>`;
}

function contents(sections: readonly Section[], { words }: Formats): Html {
  const links = sections.map(({ id, heading }) => markup`<li><a href="#${id}">${heading}</a></li>`);
  return markup`<nav aria-label="${words.contents}"><ul>${links}</ul></nav>\n`;
}
