import { statSync } from "node:fs";
import type { Command } from "commander";
import { descriptorOf } from "./output/descriptor.js";
import type { Gap } from "../model/account-report.js";

/** Options that speak of all that was asked for, and not of the part that is missing. */
const OF_THE_WHOLE = new Set(["from", "to", "account", "limit", "out"]);

/**
 * The command that fetches what is missing of an account: as this one was given, and into a file of its own.
 * @param range the time that is missing; null of a command that has none.
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
  if (out !== undefined) words.push("--out", besides(out, number));
  return [...words, ...givenWords(command, OF_THE_WHOLE)].map(quote).join(" ");
}

/** This command once more, word by word. */
export function sameCommand(command: Command): string {
  return ["call-records", command.name(), ...givenWords(command, new Set())].map(quote).join(" ");
}

function givenWords(command: Command, without: ReadonlySet<string>): string[] {
  return command.options.flatMap((option) => {
    const name = option.attributeName();
    if (without.has(name) || command.getOptionValueSource(name) !== "cli") return [];
    const value: unknown = command.getOptionValue(name);
    if (typeof value === "boolean") return [option.long ?? name];
    return (Array.isArray(value) ? value : [value]).flatMap((one) => [option.long ?? name, String(one)]);
  });
}

/** `calls.csv.gz` is not written over by what it lacked: that goes to `calls.missing-1.csv.gz`. A device or a pipe takes it itself. */
function besides(out: string, number: number): string {
  if (out === "-" || descriptorOf(out) !== null) return out;
  if (statSync(out, { throwIfNoEntry: false })?.isFile() === false) return out;
  const end = endOfStem(out);
  return `${out.slice(0, end)}.missing-${number}${out.slice(end)}`;
}

/** Where the endings of a path begin, such as `.csv.gz`. The dot that a name begins with begins no ending. */
function endOfStem(path: string): number {
  const name = path.lastIndexOf("/") + 1;
  let end = path.length;
  for (let dot = path.lastIndexOf("."); dot > name && dot < end - 1; dot = path.lastIndexOf(".", end - 1)) end = dot;
  return end;
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
