import { callsOf } from "../../metrics/call-counts.js";
import { type Content, markup, type Html } from "../markup/html.js";
import type { Section, SectionInput } from "./section.js";
import { reporterNotes, shownValue } from "./shown-value.js";

/** Returns the key figures of the whole range. */
export function headline({ data, formats }: SectionInput): Section {
  const { totals, peak, zone, metrics } = data;
  const { inbound, outbound, talkSeconds } = totals;
  const { words, count, percent, duration } = formats;
  const { headline: text } = words;
  const { seconds, of } = metrics.options.serviceLevel;
  const noted = (values: readonly (number | null)[], note: (...texts: string[]) => string, format = count) =>
    values.some((value) => value === null) ? null : note(...values.map((value) => format(value ?? 0)));
  const figures = [
    figure(
      text.calls,
      count(totals.calls),
      text.callsNote(count(callsOf(inbound.outcomes)), count(callsOf(outbound.outcomes))),
    ),
    figure(
      text.answerRate,
      shownValue(totals, "answerRate", inbound.answerRate, percent, formats),
      noted([inbound.answered, inbound.offered], text.answerRateNote),
    ),
    figure(
      text.serviceLevel(count(seconds)),
      shownValue(totals, "serviceLevel", inbound.serviceLevel, percent, formats),
      inbound.serviceLevel === null ? null : text.serviceLevelNote[of],
    ),
    figure(
      text.speedOfAnswer,
      shownValue(totals, "wait", inbound.averageSpeedOfAnswer, duration, formats),
      noted([inbound.wait?.median ?? null, inbound.wait?.p90 ?? null], text.speedOfAnswerNote, duration),
    ),
    figure(
      text.abandonRate,
      shownValue(totals, "abandonRate", inbound.abandonRate, percent, formats),
      noted([inbound.abandoned, inbound.missed], text.abandonRateNote),
    ),
    figure(
      text.connectRate,
      shownValue(totals, "connectRate", outbound.connectRate, percent, formats),
      noted([outbound.connected, outbound.attempts], text.connectRateNote),
    ),
    figure(
      text.talk,
      shownValue(
        totals,
        "talkSeconds",
        talkSeconds?.total ?? null,
        (total) => words.minutes(formats.inMinutes(total)),
        formats,
      ),
      talkSeconds?.mean == null ? null : text.talkNote(duration(talkSeconds.mean), count(talkSeconds.known)),
    ),
    figure(
      text.peak,
      shownValue(totals, "peakConcurrent", peak?.calls ?? null, count, formats),
      peak === null ? null : text.peakNote(formats.instant(peak.at, zone)),
    ),
  ];
  const { internal, active } = metrics.excluded;
  const notes = [
    reporterNotes(data, ["answerRate", "serviceLevel", "wait", "abandonRate", "connectRate", "talkSeconds"], formats),
    internal + active === 0 ? null : markup`<p class="note">${words.excluded(count(internal), count(active))}</p>`,
  ];
  return {
    id: "figures",
    heading: text.heading,
    lead: null,
    content: [markup`<dl class="figures">${figures}</dl>`, notes],
  };
}

function figure(name: string, value: Content, note: string | null): Html {
  return markup`<div><dt>${name}</dt><dd><span class="value">${value}</span>${note === null ? null : markup`<span class="sub">${note}</span>`}</dd></div>\n`;
}
