import { RequestError } from "../model/errors.js";
import type { Column } from "./column.js";

const MAX_SIMILAR = 6;
/** The letters of a name for each wrong one that a misspelled name may contain. */
const LETTERS_PER_TYPO = 3;

/**
 * Returns the columns with these names or headings, in this order. Upper case, spaces and signs do not count: `caller.number`, `caller_number` and `Caller` are
 * the same column.
 * @param owner the argument or option that names them, for the message.
 * @throws RequestError for a text that names no column, with similar columns, else all; and for a text that names a column again.
 */
export function findColumns<Row, Name extends string>(
  owner: string,
  all: readonly Column<Row, Name>[],
  texts: readonly string[],
): Column<Row, Name>[] {
  const chosen = new Set<Column<Row, Name>>();
  for (const text of texts) {
    const column = findColumn(owner, all, text);
    if (chosen.has(column))
      throw new RequestError(`${owner}: the column ${column.name} is given twice. Name each column once.`);
    chosen.add(column);
  }
  return [...chosen];
}

function findColumn<Row, Name extends string>(
  owner: string,
  all: readonly Column<Row, Name>[],
  text: string,
): Column<Row, Name> {
  const wanted = keyOf(text);
  const found = all.find((column) => keysOf(column).includes(wanted));
  if (found !== undefined) return found;
  const similar = all.filter((column) => keysOf(column).some((key) => isSimilar(key, wanted))).slice(0, MAX_SIMILAR);
  const [listed, intro] = similar.length > 0 ? [similar, "Similar columns are"] : [all, "The columns are"];
  throw new RequestError(
    `${owner}: there is no column "${text}". ${intro} ${listed.map(({ name }) => name).join(", ")}.`,
  );
}

function keysOf({ name, heading }: Column<never>): string[] {
  return [keyOf(name), keyOf(heading)];
}

function keyOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

function isSimilar(key: string, wanted: string): boolean {
  if (wanted.length < 2) return false;
  return (
    key.includes(wanted) ||
    wanted.includes(key) ||
    typosBetween(key, wanted) <= Math.floor(key.length / LETTERS_PER_TYPO)
  );
}

/** Returns the Levenshtein distance: how many letters must be added, removed or replaced. */
function typosBetween(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [row, letter] of Array.from(one).entries()) {
    const line = [row + 1];
    for (const [at, otherLetter] of Array.from(other).entries())
      line.push(
        Math.min((before[at + 1] ?? 0) + 1, (line[at] ?? 0) + 1, (before[at] ?? 0) + (letter === otherLetter ? 0 : 1)),
      );
    before = line;
  }
  return before[other.length] ?? 0;
}
