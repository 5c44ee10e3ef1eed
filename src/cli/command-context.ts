import { CallRecordsClient } from "../client.js";
import type { Zone } from "../contract/zone.js";
import { resolveRealPath } from "../files/location.js";
import type { BuiltInProvider } from "../vendors.js";
import { type Accounts, loadAccounts, openAll, validAccounts } from "./accounts.js";
import { chooseZone } from "./command-zone.js";
import type { ExitCode } from "./exit-code.js";
import { type Interruption, interruptible, listenForInterruption } from "./interruption.js";
import { type Verbosity, Messages } from "./terminal/messages.js";
import type { RangeOptions } from "./times.js";
import { UsageError } from "./exit-code.js";

/** The options of every command that sends requests to vendors. */
export interface AccountOptions extends Verbosity {
  config?: string | undefined;
  timeZone?: string | undefined;
  /** The labels of the accounts; default all. */
  account?: string[] | undefined;
}

/** The options that decide the time zone and the file of a command's output. */
type CommandOptions = AccountOptions & RangeOptions & { abandon?: string[] | undefined; out?: string | undefined };

/** The client and the other objects that a command uses. */
export interface CommandContext {
  client: CallRecordsClient<BuiltInProvider>;
  providers: readonly BuiltInProvider[];
  /** The time zone of dates in the arguments, and of printed times. */
  zone: Zone;
  /** The sentence of the final report that names the zone. */
  zoneDescription: string;
  messages: Messages;
  interruption: Interruption;
}

/**
 * Reads the configuration without opening the accounts.
 * @throws UsageError and ConfigurationError if the configuration cannot be read; UsageError if `--out` would overwrite it.
 */
export async function openConfiguration(
  options: CommandOptions,
): Promise<Pick<CommandContext, "messages" | "zone" | "zoneDescription"> & { accounts: Accounts }> {
  const messages = new Messages(options);
  const accounts = await loadAccounts(options.config);
  if (
    options.out !== undefined &&
    accounts.file !== null &&
    (await resolveRealPath(options.out)) === (await resolveRealPath(accounts.file))
  ) {
    throw new UsageError(`--out: ${options.out} is the file that configures the accounts. Choose another file.`);
  }
  const { from, to, month, abandon = [] } = options;
  const times = [from, to, month, ...abandon.flatMap((interval) => interval.split("/"))].flatMap((time) => time ?? []);
  const { zone, description, warnings } = chooseZone(options.timeZone, validAccounts(accounts, options.account), times);
  for (const warning of [...warnings, ...accounts.warnings]) messages.warn(warning);
  return { messages, zone, zoneDescription: description, accounts };
}

/** Describes the source of the configuration. */
export function describeSource({ file, accounts }: Accounts): string {
  if (file !== null) return `Configuration: ${file}.`;
  return accounts.length === 0 ? "Nothing is configured." : "Configuration: environment variables.";
}

/**
 * Opens the configured accounts, runs a command with them, and closes them.
 * @throws UsageError and ConfigurationError if the configuration is invalid; the errors of `work`.
 */
export async function runWithAccounts(
  options: CommandOptions,
  work: (context: CommandContext) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { accounts, ...configuration } = await openConfiguration(options);
  const providers = openAll(accounts, options.account);
  // A failure of one account does not stop the others, and is part of the report.
  const defaults = { isolateFailures: true, beforeRetention: "clip", unreadableRows: "report" } as const;
  const client = new CallRecordsClient({ providers, defaults, onEvent: configuration.messages.onEvent });
  const interruption = listenForInterruption();
  try {
    return await interruptible(interruption, () => work({ ...configuration, client, providers, interruption }));
  } finally {
    await client.close();
  }
}

/** The arguments of every client method. */
export function commonArguments({ account }: AccountOptions, { interruption }: CommandContext) {
  return { accounts: account, signal: interruption.signal };
}
