import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import type { ExitCode } from "./exit-code.js";
import { isStandardOutput } from "./output/descriptor.js";
import { neutral } from "./terminal/neutral.js";

/** What every command does: it is loaded when it is run, so that help is there at once. */
type Action = (options: never, command: Command) => Promise<ExitCode>;

const WIDTH = 80;

/** The command line: its commands, options and help. */
export function makeProgram(): Command {
  const program = new Command("call-records")
    .description("Call records, usage and active calls of Tencent CCC, Huawei CEC and Itniotech.")
    .version(versionOf(), "--version")
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [command]", "show the help of a command")
    .addHelpText("after", MORE)
    .configureOutput({ getOutHelpWidth: () => WIDTH, getErrHelpWidth: () => WIDTH, outputError: tellUsage })
    .showHelpAfterError(false)
    .exitOverride();

  const records = add(
    program,
    "records",
    "stream call records, each exactly once",
    async () => (await import("./commands/records.js")).records,
  );
  range(records);
  accounts(records)
    .addOption(
      new Option("--direction <which>", "only calls of this direction").choices([
        "inbound",
        "outbound",
        "internal",
        "unknown",
      ]),
    )
    .option("--number <number>", "only calls from or to this number")
    .addOption(new Option("--order <order>", "arrival (as pages come), or time").choices(["arrival", "time"]))
    .option("--filter <provider.key=value>", "a vendor's own filter; may be repeated", collectSome)
    .option("--limit <count>", "end after so many calls", positive)
    .option("--raw", "add the vendor's own row to ndjson and json");
  output(records);
  examples(records, [
    ["call-records records --from 7d --format csv --out calls.csv.gz", "The last seven days, for a spreadsheet."],
    [
      "call-records records --from 2026-11-01 --to 2026-11-02 | jq .outcome",
      "A day of the machine's time zone, for a program.",
    ],
    ["call-records records --from 36h --number 13800138000 --order time", "All calls with one number, in order."],
  ]);

  const usage = add(
    program,
    "usage",
    "usage of each account: minutes, calls, seats",
    async () => (await import("./commands/usage.js")).usage,
  );
  range(usage);
  accounts(usage)
    .addOption(
      new Option("--by <period>", "one summary for each period, of the account's own zone")
        .choices(["total", "day", "month"])
        .default("total"),
    )
    .addOption(
      new Option("--source <source>", "the vendor's own count, counted from records, or what there is")
        .choices(["auto", "vendor", "records"])
        .default("auto"),
    );
  output(usage);
  examples(usage, [
    ["call-records usage --from 2026-10-01 --to 2026-11-01 --by day", "October, day by day."],
    ["call-records usage --from 30d --source records --format csv", "Counted from call records, for a spreadsheet."],
  ]);

  const active = add(
    program,
    "active",
    "the calls going on now",
    async () => (await import("./commands/active.js")).active,
  );
  accounts(active).option("--watch [span]", "refresh the table in place, every 5s or as said");
  output(active);
  examples(active, [
    ["call-records active --watch", "A table on the terminal, until Ctrl-C."],
    ["call-records active --account huawei-cec | wc -l", "How many calls one account has now."],
  ]);

  const sync = add(
    program,
    "sync",
    "what is new or has changed since the last time",
    async () => (await import("./commands/sync.js")).sync,
  )
    .addOption(needed("--state <file>", "keeps how far it has come").argParser(notEmpty))
    .addOption(needed("--from <time>", "the start of what is kept in step"))
    .option("--to <time>", "its end, exclusive; default now, each time anew");
  accounts(sync)
    .option("--every <span>", "stay, and do it again so long after each pass")
    .option("--abandon <from/to>", "give up an interval for good that cannot be read; may be repeated", collectSome)
    .option("--raw", "add the vendor's own row to ndjson");
  output(sync, "a file that grows line by line, or a folder/ to which each batch adds a file");
  examples(sync, [
    [
      "call-records sync --state calls.state --from 2026-10-01 --out calls.ndjson",
      "Nightly, by cron: new and changed calls are added to a file.",
    ],
    [
      "call-records sync --state calls.state --from 30d --out calls/ --every 5m",
      "Stays running, and adds files to a folder.",
    ],
  ]);

  const providers = add(
    program,
    "providers",
    "what each account can do, and what is not configured",
    async () => (await import("./commands/providers.js")).providers,
  );
  configuration(providers);
  output(providers);
  examples(providers, [
    ["call-records providers", "What is configured, and which variables are missing."],
    ["call-records providers | jq '.account, .capabilities.records.filters'", "The filters of each account."],
  ]);

  const doctor = add(
    program,
    "doctor",
    "checks each account, and says what to do",
    async () => (await import("./commands/doctor.js")).doctor,
  );
  accounts(doctor).option("--probe", "measure what the vendor's pages leave open");
  output(doctor);
  examples(doctor, [
    ["call-records doctor", "Configuration, network, clock, credentials, permission, latency."],
    ["call-records doctor --account huawei-cec --probe", "How its list of calls behaves, and which options follow."],
  ]);

  const emulator = add(
    program,
    "emulator",
    "three emulated vendors on loopback, to try things on",
    async () => (await import("./commands/emulator.js")).emulator,
  )
    .option("--seed <number>", "other calls for another one", natural, 1)
    .option("--days <count>", "days of history", natural, 30)
    .option("--calls-per-day <count>", "calls of each vendor on a weekday", natural, 100)
    .option("--latency <ms>", "milliseconds that each answer is held back", natural, 0);
  emulator.option("--quiet", "print the environment only");
  examples(emulator, [
    ["call-records emulator", "Prints the environment for another terminal."],
    ["call-records emulator --days 90 --calls-per-day 5000 --latency 150", "A large and distant one."],
  ]);
  return program;
}

const MORE = `
Configuration is read from the environment (TENCENTCLOUD_SECRET_ID, …: see
call-records providers), or from call-records.config.json, for several accounts:
  { "accounts": [{ "provider": "huawei-cec", "account": "hotline",
      "appKey": "…", "appSecret": { "env": "HOTLINE_APP_SECRET" } }] }

Times are ISO 8601 (2026-11-01T09:00:00+08:00), dates (2026-11-01) in the time
zone, or spans back from now (7d, 36h, 30m). Ranges end before --to.

Exit codes: 0 whole, 1 failed, 2 wrong usage, 3 incomplete (the report says what
is missing, and how to fetch it), 130 interrupted, 143 terminated.

Try it without an account: call-records emulator`;

function add(program: Command, name: string, description: string, load: () => Promise<Action>): Command {
  return program
    .command(name)
    .description(description)
    .helpOption("-h, --help", "show this help")
    .action(async (options: Record<string, unknown>, command: Command) => {
      const missing = command.options.find(
        (option) => option instanceof NeededOption && command.getOptionValue(option.attributeName()) === undefined,
      );
      if (missing !== undefined) command.error(`error: option '${missing.flags}' is missing`);
      const run = await load();
      // Commander gives what the options above declare.
      process.exitCode = await run(withoutStandardOutput(options) as never, command);
    });
}

/** `--out` of standard output is as none. */
function withoutStandardOutput({ out, ...options }: Record<string, unknown>): Record<string, unknown> {
  return typeof out !== "string" || isStandardOutput(out) ? options : { ...options, out };
}

function range(command: Command): Command {
  return command
    .addOption(needed("--from <time>", "the first instant"))
    .option("--to <time>", "the end, exclusive", "now");
}

/** One that must be given. Of commander's own kind would be complained before an option that is only spelt wrongly. */
class NeededOption extends Option {}

function needed(flags: string, description: string): Option {
  return new NeededOption(flags, `${description} (needed)`);
}

function configuration(command: Command): Command {
  return command.option("--config <file>", "accounts, instead of call-records.config.json", notEmpty);
}

function accounts(command: Command): Command {
  return configuration(command.option("--account <label>", "only this account; may be repeated", collectSome));
}

function output(
  command: Command,
  out = "a file, written whole or not at all; .gz compresses; - is standard output",
): Command {
  command
    .addOption(
      new Option(
        "--format <format>",
        "default: as --out ends (.csv, .json), a table on a terminal, else ndjson",
      ).choices(["table", "ndjson", "json", "csv"]),
    )
    .option("--columns <names>", "columns of table and csv, by commas")
    .option("--out <file>", out, notEmpty)
    .option("--time-zone <zone>", "of dates and of times in tables; default the machine's");
  return quietness(command);
}

function quietness(command: Command): Command {
  return command
    .option("--quiet", "say only what is wrong or missing")
    .option("--verbose", "say what goes on: requests, retries, windows");
}

function examples(command: Command, lines: readonly (readonly [string, string])[]): void {
  command.addHelpText("after", `\nExamples:\n${lines.map(([line, what]) => `  ${what}\n    $ ${line}`).join("\n")}`);
}

function collectSome(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** Such as a variable of a script that is not set. */
function notEmpty(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("It must not be empty.");
}

function natural(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number.");
}

function positive(text: string): number {
  const number = natural(text);
  if (number > 0) return number;
  throw new InvalidArgumentError("It must be at least 1.");
}

const SECRETIVE = /unknown option '--[\w-]*(?:secret|key|token|password)/i;

function tellUsage(message: string, write: (text: string) => void): void {
  // Commander quotes an option with its value, which may be a secret: standard error goes into logs.
  write(neutral(message.replace(/(unknown option '-[^'=\n]*)=.*'/s, "$1'")));
  if (SECRETIVE.test(message))
    write(
      "Secrets are not taken as arguments, which other users of the machine can read: set them in the environment.\n",
    );
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return version;
}
