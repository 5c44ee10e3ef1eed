import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { complaintsAbout } from "./type-check.js";

const source = readFileSync(new URL("../src/client.ts", import.meta.url), "utf8");
const examples = [...source.matchAll(/\* @example\n((?: +\* (?!@).+\n)+)/g)].map(([, lines = ""]) =>
  lines.replace(/^ +\* /gm, ""),
);

/** What the examples take for granted. */
const PRELUDE = `
import { type BuiltInProvider, type CallRecord, type CallRecordsClient, day, FileCheckpointStore, month } from "call-records";
declare const client: CallRecordsClient<BuiltInProvider>;
declare const kept: CallRecord;
declare function save(records: CallRecord[]): Promise<void>;
export const used = [client, kept, save, day, month, FileCheckpointStore];
`;

it("shows in the editor how each call is made, in code that type-checks", { timeout: 60_000 }, () => {
  expect(examples).toHaveLength(6);
  const modules = examples.map(
    (code, index) =>
      [
        fileURLToPath(new URL(`../examples/docstring-${index + 1}.ts`, import.meta.url)),
        `${PRELUDE}${code}export const all = 0;\n`,
      ] as const,
  );
  // The last example names what it finds, and does nothing with it.
  expect(
    complaintsAbout(new Map(modules)).filter(
      (complaint) => !complaint.includes("is declared but its value is never read"),
    ),
  ).toEqual([]);
});
