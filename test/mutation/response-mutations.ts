import type { JsonValue, RawResponse } from "call-records";
import type { Random } from "../../src/testing/data/random.js";
import { mutateText } from "./text-mutations.js";
import { mutateTree, printTree } from "./tree-mutations.js";

/** A mutated response, and the changes to the original. */
export interface MutatedResponse {
  response: RawResponse;
  changes: string[];
}

const STATUSES = [200, 204, 206, 301, 400, 401, 403, 404, 408, 418, 429, 500, 503] as const;

const HEADERS: readonly [Record<string, string>, ...Record<string, string>[]] = [
  { "retry-after": "soon" },
  { "retry-after": "-5" },
  { "retry-after": "9".repeat(400) },
  { "retry-after": "1e5" },
  { "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" },
  { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" },
  { date: "the day before yesterday" },
  { date: "" },
  { date: "Fri, 31 Dec 9999 23:59:59 GMT" },
  { date: "Sat, 13 Sep 275760 00:00:00 GMT" },
  { date: "Mon, 01 Jan 0001 00:00:00 GMT" },
  { date: "Fri, 20 Nov 2026 05:00:00 GMT" },
];

/** Applies one to three random changes to the parsed body, its text, the status or the headers. */
export function mutateResponse(valid: RawResponse, random: Random): MutatedResponse {
  let { status, headers, text } = valid;
  const changes: string[] = [];
  for (
    let left = random.weighted([
      [1, 6],
      [2, 3],
      [3, 1],
    ]);
    left > 0;
    left -= 1
  ) {
    const kind = random.weighted([
      ["tree", 12],
      ["text", 5],
      ["status", 1],
      ["headers", 1],
    ]);
    if (kind === "tree") {
      const tree = parse(text);
      if (tree === undefined) continue;
      changes.push(mutateTree(tree, random));
      text = printTree(tree);
    } else if (kind === "text") {
      const changed = mutateText(text, random);
      changes.push(changed.name);
      text = changed.text;
    } else if (kind === "status") {
      status = random.pick(STATUSES);
      changes.push(`HTTP ${status}`);
    } else {
      const odd = random.pick(HEADERS);
      headers = { ...headers, ...odd };
      changes.push(`headers ${JSON.stringify(odd).slice(0, 60)}`);
    }
  }
  return { response: { status, headers, text }, changes };
}

/** Returns a mutated row, and the changes to the original. */
export function mutateRow(row: unknown, random: Random): { row: unknown; changes: string[] } {
  const holder: JsonValue[] = [JSON.parse(JSON.stringify(row)) as JsonValue];
  const changes = Array.from({ length: random.integer(1, 3) }, () => mutateTree(holder, random));
  const [mutated = null] = JSON.parse(printTree(holder)) as JsonValue[];
  return { row: mutated, changes };
}

/** Returns undefined where earlier changes have made the text invalid, or too deep to change. */
function parse(text: string): JsonValue | undefined {
  try {
    const tree = JSON.parse(text) as JsonValue;
    printTree(tree);
    return tree;
  } catch {
    return undefined;
  }
}
