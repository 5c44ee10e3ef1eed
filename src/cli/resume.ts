import { statSync } from "node:fs";
import type { Command } from "commander";
import { descriptorOf } from "./output/descriptor.js";
import type { Gap } from "../model/account-report.js";

/** Options that apply to the whole request, and not to the part that is missing. */
const RANGE_OPTIONS = new Set(["from", "to", "month", "account", "limit", "out"]);

/**
 * Returns the command that fetches the missing part of an account. It has the same options as `command`, and a separate output file.
 * @param range the missing time range; null for a command without a range.
 */
export function commandFor(
  command: Command,
  account: string,
  range: Pick<Gap, "from" | "to"> | null,
  number: number,
): string {
  const { out } = command.opts<{ out?: string }>();
  const time = range === null ? [] : ["--from", range.from, "--to", range.to];
  const words = ["call-records", command.name(), ...time, "--account", account];
  if (out !== undefined) words.push("--out", missingFile(out, number));
  return [...words, ...givenOptions(command, RANGE_OPTIONS)].map(quote).join(" ");
}

/** Returns the same command again. */
export function repeatCommand(command: Command): string {
  return ["call-records", command.name(), ...givenOptions(command, new Set())].map(quote).join(" ");
}

function givenOptions(command: Command, without: ReadonlySet<string>): string[] {
  return command.options.flatMap((option) => {
    const name = option.attributeName();
    if (without.has(name) || command.getOptionValueSource(name) !== "cli") return [];
    const value: unknown = command.getOptionValue(name);
    if (typeof value === "boolean") return [option.long ?? name];
    return (Array.isArray(value) ? value : [value]).flatMap((one) => [
      option.long ?? name,
      name === "into" || name === "fromDatabase" ? withoutSecrets(String(one)) : String(one),
    ]);
  });
}

/** Returns the URL of a database without its password and its options, which may contain secrets. */
function withoutSecrets(url: string): string {
  if (!/^\w+:\/\//.test(url)) return url;
  const { protocol, username, password, host, pathname, search } = new URL(url);
  const user = `${username}${password === "" ? "" : ":PASSWORD"}`;
  return `${protocol}//${user === "" ? "" : `${user}@`}${host}${pathname}${search === "" ? "" : "?OPTIONS"}`;
}

/** Returns the file for the missing part, which must not overwrite `calls.csv.gz`: `calls.missing-1.csv.gz`. For a device or a pipe, returns it unchanged. */
function missingFile(out: string, number: number): string {
  if (out === "-" || descriptorOf(out) !== null) return out;
  if (statSync(out, { throwIfNoEntry: false })?.isFile() === false) return out;
  const end = endOfStem(out);
  return `${out.slice(0, end)}.missing-${number}${out.slice(end)}`;
}

/** Returns the index of the first extension in a path, such as `.csv.gz`. A dot at the start of the name does not begin an extension. */
function endOfStem(path: string): number {
  const name = path.lastIndexOf("/") + 1;
  let end = path.length;
  for (let dot = path.lastIndexOf("."); dot > name && dot < end - 1; dot = path.lastIndexOf(".", end - 1)) end = dot;
  return end;
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
