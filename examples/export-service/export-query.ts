import { parseIso, type RangeArguments, RequestError } from "call-records";
import { formats, type FormatName } from "./formats.js";

const NAMES = ["from", "to", "account", "format"];

/** The parameters of an export. */
export interface ExportQuery extends RangeArguments {
  from: string;
  to: string;
  accounts?: string[];
  format: FormatName;
}

/**
 * Parses `from=…&to=…&account=…&format=…`. The client validates the times and accounts.
 * @throws RequestError that names a missing, wrong or unknown parameter: a misspelled `account` must not export all accounts.
 */
export function readExportQuery(search: string, maxDays: number): ExportQuery {
  const given = new URLSearchParams(search);
  const unknown = [...given.keys()].find((name) => !NAMES.includes(name));
  if (unknown !== undefined)
    throw new RequestError(`There is no parameter \`${unknown}\`. The parameters are ${NAMES.join(", ")}.`);
  // A `+` that was not encoded, as in 2026-11-01T00:00:00+08:00, arrives as a space.
  const [from, to] = [single(given, "from").replace(" ", "+"), single(given, "to").replace(" ", "+")];
  const days = ((parseIso(to) ?? NaN) - (parseIso(from) ?? NaN)) / 86_400_000;
  if (days > maxDays)
    throw new RequestError(
      `\`from\` and \`to\` are ${days.toFixed(1)} days apart; an export covers at most ${maxDays}. Split the range.`,
    );
  const format = given.has("format") ? single(given, "format") : "ndjson";
  if (!isFormat(format)) throw new RequestError(`\`format\` must be one of ${Object.keys(formats).join(", ")}.`);
  const accounts = given.getAll("account");
  return { from, to, format, ...(accounts.length > 0 ? { accounts } : {}) };
}

function single(given: URLSearchParams, name: string): string {
  const [value, ...others] = given.getAll(name);
  if (value === undefined || others.length > 0) throw new RequestError(`\`${name}\` must be given once.`);
  return value;
}

function isFormat(name: string): name is FormatName {
  return Object.hasOwn(formats, name);
}
