import assert from "node:assert/strict";
import type { ExampleList } from "./lists.js";

/** Asserts that the rows have the fields in `times`. The engine would not check a field with a wrong name. */
export function assertTimesAreFields({ name, operation: { times } }: ExampleList, rows: readonly unknown[]): void {
  if (times === undefined) return;
  const declared = [times.start, times.others, times.written, times.talkSeconds, times.otherSeconds].flatMap(
    (paths) => paths ?? [],
  );
  for (const path of declared) {
    const [list, field] = path.split("[].");
    const holders = field === undefined ? rows : rows.flatMap((row) => membersOf(row, list ?? ""));
    const known =
      holders.length === 0 ||
      holders.some((holder) => typeof holder === "object" && holder !== null && (field ?? path) in holder);
    assert.ok(known, `\`${name}.times\` names \`${path}\`, which no example row has as \`${name}.row\` reads it`);
  }
}

function membersOf(row: unknown, list: string): unknown[] {
  const members: unknown =
    typeof row === "object" && row !== null ? Object.entries(row).find(([name]) => name === list)?.[1] : null;
  return Array.isArray(members) ? members : [];
}
