import stringWidth from "string-width";

/** Fills a text up to so many cells of a terminal; a Chinese character takes two. */
export function padTo(text: string, cells: number): string {
  return text + " ".repeat(Math.max(0, cells - stringWidth(text)));
}

/** As much of a text as so many cells of a terminal can hold. */
export function splitTo(text: string, cells: number): string {
  if (stringWidth(text) <= cells) return text;
  let split = "";
  for (const character of text) {
    if (stringWidth(split + character) >= cells) break;
    split += character;
  }
  return `${split}…`;
}
