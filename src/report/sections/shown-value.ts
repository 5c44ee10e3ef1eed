import type { ReportData } from "../data/report-data.js";
import { type Content, markup, type Html } from "../markup/html.js";
import type { CallMetrics, MeasuredBy } from "../../metrics/index.js";
import type { Formats } from "../words/formats.js";

/** Whether a provider of the calls provides the values of a metric. Without calls, nothing is known to be missing. */
export function isReported({ measuredBy, counts }: CallMetrics, metric: keyof MeasuredBy): boolean {
  return measuredBy[metric].length > 0 || Object.keys(counts).length === 0;
}

/** Returns a value, or why there is none. @param metric the one that decides whether the value is reported. */
export function shownValue(
  metrics: CallMetrics,
  metric: keyof MeasuredBy,
  value: number | null,
  format: (value: number) => string,
  { words }: Formats,
): Content {
  if (value !== null) return format(value);
  if (!isReported(metrics, metric)) return markup`<span class="absent">${words.notReported}</span>`;
  return markup`<span class="absent" title="${words.noValue}"><span aria-hidden="true">–</span><span class="unseen">${words.noValue}</span></span>`;
}

/** Returns the notes on the metrics that some of the providers do not report; null without one. Metrics with the same providers have one note. */
export function reporterNotes(
  { totals, providers }: ReportData,
  metrics: readonly (keyof MeasuredBy)[],
  { words }: Formats,
): Html | null {
  const counted = providers.filter((provider) => Object.hasOwn(totals.counts, provider));
  const groups = new Map<string, { by: string[]; notBy: string[]; names: string[] }>();
  for (const metric of metrics) {
    const by = totals.measuredBy[metric];
    const notBy = counted.filter((provider) => !by.includes(provider));
    if (notBy.length === 0) continue;
    const group = groups.get(by.join()) ?? { by, notBy, names: [] };
    group.names.push(words.metrics[metric]);
    groups.set(by.join(), group);
  }
  const list = (texts: readonly string[]) => texts.join(words.list);
  const notes = [...groups.values()].map(({ by, notBy, names }) =>
    by.length === 0
      ? words.measuredByNobody(list(names), list(notBy))
      : words.measured(list(names), list(by), list(notBy)),
  );
  return notes.length === 0 ? null : markup`<ul class="notes">${notes.map((note) => markup`<li>${note}</li>`)}</ul>`;
}
