import { oneLine } from "./sanitize.js";

/** The options of the command line, by the arguments of the library that have another name or form there. */
const OPTIONS: Readonly<Record<string, string>> = {
  abandon: "--abandon",
  accounts: "--account",
  agent: "--agent",
  direction: "--direction",
  from: "--from",
  minTalkSeconds: "--min-talk",
  number: "--number",
  order: "--order",
  outcome: "--outcome",
  providerFilters: "--filter",
  queue: "--queue",
  source: "--source",
  to: "--to",
};

/** An argument by its name or path, where the words before it show that it is one: "argument `number`". */
const ARGUMENT = /\b(argument |with |than )`([a-z]+)(?:\.[\w.]+)?`/gi;
/** An argument with its value: `source: "auto"`. */
const WITH_VALUE = /`([a-z]+): "([\w-]+)"`/gi;
const PROBE = /`client\.probe(?:\(account\))?`/g;

/** The words of messages that are written for code, and those for the command line. It always clips ranges and skips rows that cannot be parsed. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^(?:migrate|sqlDestination): /, "--into: "],
  [/^syncTo: /, "sync: "],
  [/^auditDestination: /, "audit: "],
  [/^writeParquet: /, "--out: "],
  [/Check the arguments of the call\./g, "Check the options of the command."],
  [/Leave this account out of the call\./g, "Select other accounts with --account."],
  [/Begin the range later, or pass `beforeRetention: "clip"`\./g, "Begin the range later with --from."],
  [/, or pass `beforeRetention: "clip"`/g, ""],
  [/ Pass `unreadableRows: "report"` to skip such rows\./g, ""],
  [/Run `await destination\.migrate\(\)` first\./g, "Run call-records sync --into first."],
  [
    /Set the option `forgetKey` of `sqlDestination` to that key \(default: that of `mask`\)\./g,
    "Name the variable of that key with --forget-key-env (default: that of --mask-key-env).",
  ],
  [/ \(option `leaseSeconds`\)/g, ""],
  [/its lease expires within its `leaseSeconds`/g, "its lease expires, by default after 15 seconds"],
];

/** Returns a message of the library on one line, with the options of the command line instead of the library's arguments. */
export function messageOf(text: string): string {
  return WORDS.reduce((words, [pattern, replacement]) => words.replace(pattern, replacement), oneLine(text))
    .replace(ARGUMENT, (found, before: string, name: string) => {
      const option = OPTIONS[name];
      return option === undefined ? found : `${before === "argument " ? "" : before}${option}`;
    })
    .replace(WITH_VALUE, (found, name: string, value: string) => {
      const option = OPTIONS[name];
      return option === undefined ? found : `${option} ${value}`;
    })
    .replace(PROBE, "call-records doctor --probe");
}
