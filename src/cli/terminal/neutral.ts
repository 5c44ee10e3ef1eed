import { statSync } from "node:fs";
import type { Printer } from "../output/printer.js";

/**
 * What commands a terminal, or hides what a line says: controls (but not the end of a line, nor a tabulator), marks that turn the direction of writing,
 * separators of lines and paragraphs, characters without a width, and invisible tags. Joiners stay, which many writings need.
 */
const DANGEROUS =
  // eslint-disable-next-line no-control-regex -- these are meant
  /(?!\r\n)[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

/** A text that may be shown on a terminal. What would command it is shown as JSON writes it, so that JSON stays what it is. */
export function neutral(text: string): string {
  return text.replace(DANGEROUS, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
      "",
    ),
  );
}

// eslint-disable-next-line no-control-regex -- these are meant
const COLOR = /(\u001b\[\d{1,3}m)/;

/** The same, of a line in which this program has set colours. */
export function neutralButColors(line: string): string {
  return line
    .split(COLOR)
    .map((part) => (COLOR.test(part) ? part : neutral(part)))
    .join("");
}

/** Prints for a terminal. */
export function neutralPrinter<Row>(printer: Printer<Row>): Printer<Row> {
  return {
    begin: () => neutral(printer.begin()),
    rows: (rows) => neutral(printer.rows(rows)),
    end: () => neutral(printer.end()),
  };
}

/** Whether what is written is shown, rather than kept or read by a program: on standard output, or a device that was named. */
export function isShown(out: string | undefined): boolean {
  if (out === undefined) return process.stdout.isTTY;
  return statSync(out, { throwIfNoEntry: false })?.isCharacterDevice() ?? false;
}
