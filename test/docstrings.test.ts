import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { typeErrorsIn } from "./type-check.js";

const source = readFileSync(new URL("../src/client.ts", import.meta.url), "utf8");
const examples = [...source.matchAll(/\* @example\n((?: +\* (?!@).+\n)+)/g)].map(([, lines = ""]) =>
  lines.replace(/^ +\* /gm, ""),
);

/** The declarations that the examples use. */
const PRELUDE = `
import { type BuiltInProvider, type CallRecord, type CallRecordsClient, day, FileCheckpointStore, month } from "call-records";
declare const client: CallRecordsClient<BuiltInProvider>;
declare const stored: CallRecord;
declare function save(records: CallRecord[]): Promise<void>;
export const used = [client, stored, save, day, month, FileCheckpointStore];
`;

it("the docstrings of the client contain six examples, and all of them type-check", { timeout: 60_000 }, () => {
  expect(examples).toHaveLength(6);
  const modules = examples.map(
    (code, index) =>
      [
        fileURLToPath(new URL(`../examples/docstring-${index + 1}.ts`, import.meta.url)),
        `${PRELUDE}${code}export const all = 0;\n`,
      ] as const,
  );
  // The last example assigns its result to a variable that it does not use.
  expect(
    typeErrorsIn(new Map(modules)).filter((error) => !error.includes("is declared but its value is never read")),
  ).toEqual([]);
});
