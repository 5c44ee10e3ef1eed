import type { ReportData } from "../data/report-data.js";
import type { ShownUsage } from "../data/read-usage.js";
import { type Content, markup, type Html } from "../markup/html.js";
import type { Formats } from "../words/formats.js";

/** The data and the words of every section. */
export interface SectionInput {
  data: ReportData;
  formats: Formats;
  usage: ShownUsage | null;
}

/** A section of the page. */
export interface Section {
  /** The anchor of the section. */
  id: string;
  heading: string;
  /** The most important fact in one sentence; null without one. */
  lead: string | null;
  content: Content;
}

/** Returns the markup of a section. */
export function sectionHtml({ id, heading, lead, content }: Section): Html {
  return markup`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${heading}</h2>${lead === null ? null : markup`<p class="lead">${lead}</p>`} ${content}</section>\n`;
}

/** Returns the message of a section that has nothing to show. */
export function emptyMessage(text: string): Html {
  return markup`<p class="empty">${text}</p>`;
}
