import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import {
  accounts,
  collect,
  configuration,
  examples,
  forgetKey,
  mask,
  natural,
  notEmpty,
  output,
  positive,
  quietness,
  range,
  reportOutput,
  required,
  RequiredOption,
} from "./options.js";
import { isStandardOutput } from "./output/descriptor.js";
import { sanitize } from "./terminal/sanitize.js";

/** The function that runs a command. It is loaded only when the command runs, so that help is printed quickly. */
type Action = (options: never, command: Command) => Promise<number>;

const WIDTH = 80;

/** Creates the command line: its commands, options and help. */
export function makeProgram(): Command {
  const program = new Command("call-records")
    .description("Call records, usage and active calls of Tencent CCC, Huawei CEC and Itniotech.")
    .version(versionOf(), "--version")
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [command]", "show the help of a command")
    .addHelpText("after", MORE)
    .configureOutput({ getOutHelpWidth: () => WIDTH, getErrHelpWidth: () => WIDTH, outputError: reportUsageError })
    .showHelpAfterError(false)
    .exitOverride();

  const records = add(
    program,
    "records",
    "print call records",
    async () => (await import("./commands/records.js")).records,
  );
  range(records);
  accounts(records)
    .addOption(
      new Option("--direction <direction>", "only calls of this direction").choices([
        "inbound",
        "outbound",
        "internal",
        "unknown",
      ]),
    )
    .option(
      "--outcome <outcomes>",
      "only calls with one of these outcomes, separated by commas; may be repeated",
      collect,
    )
    .option("--agent <agent>", "only calls of the agent with this id or name; may be repeated", collect)
    .option("--queue <queue>", "only calls of the queue with this id or name; may be repeated", collect)
    .option("--min-talk <seconds>", "only calls with at least this number of seconds of talk", positive)
    .option("--number <numbers>", "only calls from or to these, separated by commas; may be repeated", collect)
    .addOption(
      new Option(
        "--order <order>",
        "arrival: as the vendors return them; time: by start time; newest: the latest first (default with --limit)",
      ).choices(["arrival", "time", "newest"]),
    )
    .option("--filter <provider.key=value>", "the vendor's own filter; may be repeated", collect)
    .option("--limit <count>", "only this number of calls: the newest, unless --order is given", positive)
    .option("--raw", "include the vendor's row (ndjson, json and parquet)");
  mask(records);
  output(records, { formats: ["parquet"] });
  examples(records, [
    ["call-records records --from 7d --format csv --out calls.csv.gz", "Write the last seven days to a CSV file:"],
    ["call-records records --month 2026-10 --raw --out calls.parquet", "Write October to a Parquet file for DuckDB:"],
    ["call-records records --from 2026-11-01 --to 2026-11-02 | jq .outcome", "Pipe one day to another program:"],
    ["call-records records --from 36h --number 13800138000 --order time", "List all calls of one number by time:"],
  ]);

  const usage = add(
    program,
    "usage",
    "print the usage of each account: minutes, calls, seats",
    async () => (await import("./commands/usage.js")).usage,
  );
  range(usage);
  accounts(usage)
    .addOption(
      new Option("--by <period>", "one summary per period, in the account's time zone")
        .choices(["total", "day", "month"])
        .default("total"),
    )
    .addOption(
      new Option(
        "--source <source>",
        "vendor: the vendor's own count; records: counted from call records; auto: the vendor's count if it has one",
      )
        .choices(["auto", "vendor", "records"])
        .default("auto"),
    );
  output(usage);
  examples(usage, [
    ["call-records usage --month 2026-10 --by day", "Print the usage of each day in October:"],
    ["call-records usage --from last-month --to this-month", "Print the usage of the last month:"],
    ["call-records usage --from 30d --source records --format csv", "Count the usage from call records, as CSV:"],
  ]);

  const active = add(
    program,
    "active",
    "print the active calls",
    async () => (await import("./commands/active.js")).active,
  );
  accounts(active).option("--watch [span]", "refresh the table in place; default every 5s");
  mask(active);
  output(active);
  examples(active, [
    ["call-records active --watch", "Show a live table until Ctrl-C:"],
    ["call-records active --account huawei-cec | wc -l", "Count the active calls of one account:"],
  ]);

  const sync = add(
    program,
    "sync",
    "write the calls that are new or changed since the last run",
    async () => (await import("./commands/sync.js")).sync,
  )
    .option(
      "--into <url>",
      "the database: postgres://…, mysql://…, sqlite:calls.db, or env:NAME of a variable",
      notEmpty,
    )
    .option("--state <file>", "the file that stores the checkpoint, without --into", notEmpty)
    .addOption(required("--from <time>", "the start of the range"))
    .option("--to <time>", "the end, exclusive; default the time of each pass");
  accounts(sync)
    .option("--every <span>", "keep running, and start a pass this long after the last")
    .option("--abandon <from/to>", "permanently skip an unreadable interval; may be repeated", collect)
    .option("--raw", "include the vendor's row (ndjson)");
  forgetKey(sync);
  output(sync, { out: "append to this file, or write each batch to a new file in this folder/" });
  examples(sync, [
    ["call-records sync --into sqlite:calls.db --from 30d", "Copy the calls to a database, nightly by cron:"],
    [
      "call-records sync --state calls.state --from 2026-10-01 --out calls.ndjson",
      "Append new and changed calls to a file:",
    ],
    [
      "call-records sync --state calls.state --from 30d --out calls/ --every 5m",
      "Keep running, and add files to a folder:",
    ],
  ]);

  const audit = add(
    program,
    "audit",
    "compare a database of sync with the vendors, and repair it",
    async () => (await import("./commands/audit.js")).audit,
  ).addOption(required("--into <url>", "the database, as for sync"));
  range(audit);
  accounts(audit)
    .option("--repair", "write missing and changed calls, and mark those that are not listed")
    .option("--raw", "also write the vendor's rows, as sync --raw");
  forgetKey(audit);
  output(audit);
  examples(audit, [
    ["call-records audit --into sqlite:calls.db --from 30d", "Compare the last 30 days with the vendors:"],
    ["call-records audit --into env:DATABASE_URL --month 2026-10 --repair", "Repair October in a database:"],
  ]);

  const recordings = add(
    program,
    "recordings",
    "download the recordings of a range to a folder",
    async () => (await import("./commands/recordings.js")).recordings,
  ).addOption(required("--out <folder>", "the folder of the archive; a second run fetches what is missing"));
  range(recordings);
  accounts(recordings)
    .option("--concurrency <count>", "the number of recordings that are fetched at once", positive, 4)
    .option("--time-zone <zone>", "time zone of dates; default that of the accounts, else the machine's");
  quietness(recordings);
  examples(recordings, [
    ["call-records recordings --from 90d --out recordings/", "Fetch the recordings of 90 days, the oldest first:"],
    ["call-records recordings --from 2d --account hotline --out recordings/", "Fetch those of one account, nightly:"],
  ]);

  const report = add(
    program,
    "report",
    "write the metrics of a range as an HTML page, or as numbers",
    async () => (await import("./commands/report.js")).report,
  );
  range(report);
  accounts(report)
    .option("--from-database <url>", "read the database of sync --into, as its URL or env:NAME; no request", notEmpty)
    .option("--title <text>", "the title of the page", notEmpty)
    .addOption(new Option("--locale <language>", "the language of the page").choices(["en", "zh-CN"]).default("en"))
    .option("--service-level <seconds>", "the longest wait of a call that was answered in time", natural, 20)
    .option("--short-abandon <seconds>", "leave out calls that were abandoned within this wait", natural)
    .option(
      "--billing-rule <rule>",
      "compare with the vendor's count of minutes: minimum+increment in seconds, such as 60+60",
      notEmpty,
    );
  mask(report);
  reportOutput(report);
  examples(report, [
    ["call-records report --from last-month --to this-month --out report.html", "Write the page of the last month:"],
    ["call-records report --from 30d --format json | jq .totals.inbound", "Print the numbers of 30 days:"],
    [
      "call-records report --from-database sqlite:calls.db --month 2026-10 --out october.html",
      "Read the calls from a database, without a request:",
    ],
  ]);

  const providers = add(
    program,
    "providers",
    "list the accounts, their capabilities and missing settings",
    async () => (await import("./commands/providers.js")).providers,
  );
  configuration(providers);
  output(providers);
  examples(providers, [
    ["call-records providers", "List what is configured, and which variables are missing:"],
    ["call-records providers | jq '.account, .capabilities.records.filters'", "Print the filters of each account:"],
  ]);

  const doctor = add(
    program,
    "doctor",
    "check each account, and explain how to fix problems",
    async () => (await import("./commands/doctor.js")).doctor,
  );
  accounts(doctor)
    .option("--probe", "measure undocumented behavior of the vendor")
    .option("--capture <file>", "write each account's requests and responses, masked, for the maintainers", notEmpty);
  output(doctor);
  examples(doctor, [
    ["call-records doctor", "Check configuration, network, clock, credentials, permission and latency:"],
    ["call-records doctor --account huawei-cec --probe", "Measure how the vendor lists calls, and recommend options:"],
    ["call-records doctor --capture capture.json", "Write what the vendors send, without secrets, numbers and names:"],
  ]);

  const emulator = add(
    program,
    "emulator",
    "run three emulated vendors on loopback, for experiments",
    async () => (await import("./commands/emulator.js")).emulator,
  )
    .option("--seed <number>", "the seed of the generated calls", natural, 1)
    .option("--days <count>", "days of history", natural, 30)
    .option("--calls-per-day <count>", "calls of each vendor on a weekday", natural, 100)
    .option("--latency <ms>", "delay of each response in milliseconds", natural, 0)
    .option("--port <number>", "the first of three ports; default any free ones", natural, 0)
    .argument("[command...]", "after --: run this command with the environment set, then stop");
  emulator.option("--quiet", "print only the environment variables");
  examples(emulator, [
    ["call-records emulator", "Print the environment variables for another terminal:"],
    ["call-records emulator -- npm test", "Run a command with the variables set, and return its exit code:"],
    ["call-records emulator --days 90 --calls-per-day 5000 --latency 150", "Emulate large and distant vendors:"],
  ]);
  return program;
}

const MORE = `
Accounts are configured by environment variables (TENCENTCLOUD_SECRET_ID, …; run
call-records providers for the list), or by call-records.config.json:
  { "accounts": [{ "provider": "huawei-cec", "account": "hotline",
      "appKey": "…", "appSecret": { "env": "HOTLINE_APP_SECRET" } }] }

A time is ISO 8601 (2026-11-01T09:00:00+08:00), a date (2026-11-01), the start
of today, yesterday, this-month or last-month, or a span before now (7d, 36h).
Ranges exclude --to. Dates are in --time-zone, else in the zone of the accounts
if they have the same one, else in the machine's.

Exit codes: 0 complete, 1 failed, 2 wrong usage, 3 incomplete (the report lists
what is missing, and how to fetch it), 130 interrupted, 143 terminated.

To try it without an account, run call-records emulator.`;

function add(program: Command, name: string, description: string, load: () => Promise<Action>): Command {
  return program
    .command(name)
    .description(description)
    .helpOption("-h, --help", "show this help")
    .action(async (...parameters: unknown[]) => {
      // The operands of a command precede its options.
      const options = parameters.at(-2) as Record<string, unknown>;
      const command: Command = parameters.at(-1) as Command;
      const isSet = (option: Option) => command.getOptionValue(option.attributeName()) !== undefined;
      for (const option of command.options) {
        if (!(option instanceof RequiredOption) || isSet(option)) continue;
        if (option.alternative === null) command.error(`error: required option '${option.flags}' is missing`);
        if (!isSet(option.alternative))
          command.error(`error: required option '${option.flags}' or '${option.alternative.flags}' is missing`);
      }
      const run = await load();
      // Commander returns the options that are declared above.
      process.exitCode = await run(withoutStandardOutput(options) as never, command);
    });
}

/** Removes `--out` if it names standard output. */
function withoutStandardOutput({ out, ...options }: Record<string, unknown>): Record<string, unknown> {
  return typeof out !== "string" || isStandardOutput(out) ? options : { ...options, out };
}

const SECRETIVE = /unknown option '--[\w-]*(?:secret|key|token|password)/i;

function reportUsageError(message: string, write: (text: string) => void): void {
  // Commander quotes an option with its value, which may be a secret, and standard error may be logged.
  write(sanitize(message.replace(/(unknown option '-[^'=\n]*)=.*'/s, "$1'")));
  if (SECRETIVE.test(message))
    write(
      "Secrets are not accepted as arguments, because other users of the machine can read those. Use environment variables.\n",
    );
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return version;
}
