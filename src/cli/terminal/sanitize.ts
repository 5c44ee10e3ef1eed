import { statSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { Printer } from "../output/columns.js";

/**
 * Matches characters that control a terminal or hide text: controls (except line ends and tabs), marks that change the text direction, line and paragraph
 * separators, zero-width characters, and invisible tags. Joiners are not matched, because many scripts need them.
 */
const DANGEROUS =
  // eslint-disable-next-line no-control-regex -- control characters are intended
  /(?!\r\n)[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** Returns a text that is safe on a terminal. Dangerous characters become JSON escapes, so that JSON keeps its meaning. */
export function sanitize(text: string): string {
  return text.replace(DANGEROUS, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
      "",
    ),
  );
}

/** Returns a text on one line that is safe on a terminal. Line ends, controls and invisible characters become a space. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(
    // eslint-disable-next-line no-control-regex -- control characters are intended
    /(?:[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f])+/g,
    " ",
  );
}

// eslint-disable-next-line no-control-regex -- control characters are intended
const COLOR = /(\u001b\[\d{1,3}m)/;

/** Does the same for a line that contains colors of this program. */
export function sanitizeLine(line: string): string {
  return line
    .split(COLOR)
    .map((part) => (COLOR.test(part) ? part : sanitize(part)))
    .join("");
}

/** Returns a printer whose text is safe on a terminal. */
export function sanitizingPrinter<Row>(printer: Printer<Row>): Printer<Row> {
  return {
    begin: () => sanitize(printer.begin()),
    rows: (rows) => sanitize(printer.rows(rows)),
    end: () => sanitize(printer.end()),
  };
}

/** Whether the output is displayed: on a terminal, or on a named device. */
export function isDisplayed(out: string | undefined): boolean {
  if (out === undefined) return process.stdout.isTTY;
  return statSync(out, { throwIfNoEntry: false })?.isCharacterDevice() ?? false;
}
