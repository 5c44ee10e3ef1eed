import { expect, it } from "vitest";
import type { JsonValue } from "call-records";
import {
  printEntry,
  printJournal,
  printSnapshot,
  readLines,
  type Saved,
  UnreadableJournal,
} from "../../src/engine/checkpoints/journal-lines.js";

const savedAs = (parts: Record<string, Record<string, JsonValue>>): Saved =>
  new Map(Object.entries(parts).map(([account, own]) => [account, new Map(Object.entries(own))]));

const old = Buffer.concat([
  printJournal(savedAs({ first: { head: 1, gone: "x".repeat(300) }, second: { head: 1 } })),
  ...[2, 3, 4].map((head) => printEntry({ account: "first", changes: { head, gone: null } })),
]);
const saved = savedAs({ first: { head: 4 }, second: { head: 1 } });
const [rewritten, snapshot] = [printJournal(saved), printSnapshot(saved)];

it("a file that is rewritten in place can be read after an interruption at any byte", () => {
  expect(rewritten.length).toBeLessThan(old.length);
  for (let written = 0; written <= rewritten.length; written += 1) {
    const torn = Buffer.concat([rewritten.subarray(0, written), old.subarray(written), snapshot]);
    expect(readLines(torn), String(written)).toEqual({ saved, end: torn.length });
  }
  for (let written = 0; written < snapshot.length; written += 1) {
    expect(readLines(Buffer.concat([old, snapshot.subarray(0, written)]))).toEqual({ saved, end: old.length });
  }
});

it("saves after a snapshot are read, and damage after it is rejected", () => {
  const line = printEntry({ account: "first", changes: { head: 5 } });
  const content = Buffer.concat([old, snapshot, line]);
  expect(readLines(content).saved).toEqual(savedAs({ first: { head: 5 }, second: { head: 1 } }));
  for (let at = old.length; at < content.length - 1; at += 1) {
    const damaged = Buffer.from(content);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(() => readLines(damaged)).toThrow(UnreadableJournal);
  }
});
