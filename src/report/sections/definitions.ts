import { markup } from "../markup/html.js";
import type { Section, SectionInput } from "./section.js";

/** Returns the definitions of the figures under the options of the metrics. */
export function definitions({ data, formats }: SectionInput): Section {
  const { words, count } = formats;
  const { serviceLevel, shortAbandonSeconds, menuAbandons } = data.metrics.options;
  const items = words.definitions.items({
    seconds: count(serviceLevel.seconds),
    of: serviceLevel.of,
    shortAbandon: shortAbandonSeconds === null ? null : count(shortAbandonSeconds),
    menu: menuAbandons,
  });
  const listed = items.map(([term, text]) => markup`<div><dt>${term}</dt><dd>${text}</dd></div>\n`);
  return {
    id: "definitions",
    heading: words.definitions.heading,
    lead: null,
    content: markup`<dl class="definitions">${listed}</dl>`,
  };
}
