import { parseExactJson } from "../../../src/engine/http/exact-json.js";
import { atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";

const DIGITS = "9".repeat(16);
const LENGTH = 500_000;
const TIMES = 8;
const ROUNDS = 5;

/** Texts on which a scanner may backtrack. */
const TEXTS: readonly ((length: number) => string)[] = [
  (length) => `["${`:${DIGITS}`.repeat(length / 17)}"]`,
  (length) => `["${`,${DIGITS}`.repeat(length / 17)}"]`,
  (length) => `[${DIGITS}9,"${'\\"'.repeat(length / 2)}"]`,
  (length) => `[${DIGITS}9,"${"\\".repeat(length)}"]`,
  (length) => `[${`{"id":${DIGITS}9},`.repeat(length / 25)}0]`,
  (length) => `[${"9".repeat(length)}]`,
];

/** Measures whether the time to parse JSON grows linearly with its length for every text. */
export function exactJson(): Promise<Measurement[]> {
  const growths = TEXTS.map((textOf) => {
    const [short, long] = [textOf(LENGTH), textOf(LENGTH * TIMES)];
    timeOf(short);
    // The longer text needs more garbage collection. Time that grows quadratically would have the ratio 8.
    const rounds = Array.from({ length: ROUNDS }, () => timeOf(long) / (TIMES * timeOf(short)));
    return median(rounds);
  });
  const goal = `Time of exact JSON, text of ${TIMES}× the length ÷ ${TIMES} texts`;
  return Promise.resolve([
    atMost(4, { goal, value: Math.max(...growths), detail: `the worst of ${TEXTS.length} texts` }),
  ]);
}

/** Returns the CPU time in milliseconds. The text is flattened before the measurement. */
function timeOf(text: string): number {
  text.charCodeAt(0);
  const began = process.cpuUsage();
  parseExactJson(text);
  const { user, system } = process.cpuUsage(began);
  return Math.max(1, user + system) / 1000;
}
