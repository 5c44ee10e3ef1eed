import { stripVTControlCharacters } from "node:util";

/** A text on one line, as it may be shown: what a stranger wrote must neither break the line nor command the terminal. */
export function oneLine(text: string): string {
  // Controls, line and paragraph separators, what turns the direction of writing, and what cannot be seen.
  return stripVTControlCharacters(text).replace(
    // eslint-disable-next-line no-control-regex -- these are meant
    /(?:[\u0000-\u001f\u007f-\u009f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f])+/g,
    " ",
  );
}
