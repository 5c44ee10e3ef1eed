import { type Command, InvalidArgumentError, Option } from "commander";

/** Adds the options of a range. */
export function range(command: Command): Command {
  return command
    .addOption(required("--from <time>", "the start of the range").orElse("--month <month>"))
    .option("--to <time>", "the end, exclusive; default now")
    .addOption(
      new Option("--month <month>", "a calendar month, such as 2026-10, instead of --from and --to").conflicts([
        "from",
        "to",
      ]),
    );
}

/** A required option. Commander reports its own required options before a misspelled option. */
export class RequiredOption extends Option {
  /** Another option that may be set instead. */
  alternative: Option | null = null;

  orElse(flags: string): this {
    this.alternative = new Option(flags);
    this.description = this.description.replace("required", `required without ${this.alternative.long ?? flags}`);
    return this;
  }
}

/** Creates a required option. */
export function required(flags: string, description: string): RequiredOption {
  return new RequiredOption(flags, `${description} (required)`);
}

/** Adds the option that names the file of the accounts. */
export function configuration(command: Command): Command {
  return command.option("--config <file>", "default call-records.config.json", notEmpty);
}

/** Adds the options that select accounts. */
export function accounts(command: Command): Command {
  return configuration(command.option("--account <label>", "only this account; may be repeated", collect));
}

const OUT = "the output file, replaced only by a complete one; .gz compresses; - is standard output";

/** Adds the options of the output. @param formats further formats of this command. */
export function output(
  command: Command,
  { out = OUT, formats = [] }: { out?: string; formats?: readonly string[] } = {},
): Command {
  const extensions = [".csv", ".json", ...formats.map((format) => `.${format}`)].join(", ");
  command
    .addOption(
      new Option(
        "--format <format>",
        `default: by the extension of --out (${extensions}), a table on a terminal, else ndjson`,
      ).choices(["table", "ndjson", "json", "csv", ...formats]),
    )
    .option("--columns <names>", "columns of table and csv, by name or heading, separated by commas")
    .addOption(
      new Option("--for <program>", "excel: csv that a spreadsheet reads as text and local times").choices(["excel"]),
    )
    .option("--out <file>", out, notEmpty)
    .option(
      "--time-zone <zone>",
      "time zone of dates, tables and --for excel; default that of the accounts, else the machine's",
    );
  return quietness(command);
}

/** Adds the option that masks numbers. */
export function mask(command: Command): Command {
  return command.option("--mask-key-env <name>", "mask numbers with the key in this variable", notEmpty);
}

/** Adds the option of a database in which customers are forgotten. */
export function forgetKey(command: Command): Command {
  return mask(command).option(
    "--forget-key-env <name>",
    "the variable with the key of forgotten customers; default that of --mask-key-env",
    notEmpty,
  );
}

/** Adds the options of the output of a report. */
export function reportOutput(command: Command): Command {
  command
    .addOption(
      new Option("--format <format>", "default: by the extension of --out (.html, .json, .csv), else html").choices([
        "html",
        "json",
        "csv",
      ]),
    )
    .option("--out <file>", OUT, notEmpty)
    .option("--time-zone <zone>", "time zone of days and hours; default that of the accounts, else the machine's");
  return quietness(command);
}

/** Adds the options that decide how much is printed. */
export function quietness(command: Command): Command {
  return command
    .option("--quiet", "print only errors, warnings and what is missing")
    .option("--verbose", "also print requests, retries and windows");
}

/** Adds examples to the help: a command, and what it does. */
export function examples(command: Command, lines: readonly (readonly [string, string])[]): void {
  command.addHelpText("after", `\nExamples:\n${lines.map(([line, text]) => `  ${text}\n    $ ${line}`).join("\n")}`);
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), notEmpty(value)];
}

/** Rejects an empty value, such as an unset variable in a script. */
export function notEmpty(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("It must not be empty.");
}

/** Accepts a whole number. */
export function natural(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}

/** Accepts a whole number of at least 1. */
export function positive(text: string): number {
  const number = natural(text);
  if (number > 0) return number;
  throw new InvalidArgumentError("It must be at least 1.");
}
