import { CallRecordsClient } from "../client.js";
import type { Zone } from "../contract/zone.js";
import { resolveRealPath } from "../files/location.js";
import type { BuiltInProvider } from "../vendors.js";
import { type Accounts, loadAccounts, openAll } from "./accounts.js";
import type { ExitCode } from "./exit-code.js";
import { type Interruption, interruptible, listenForInterruption } from "./interruption.js";
import { machineZone } from "./machine-zone.js";
import { type Loudness, Messages } from "./terminal/messages.js";
import { readZone } from "./times.js";
import { UsageError } from "./usage-error.js";

/** Options of every command that asks vendors. */
export interface AccountOptions extends Loudness {
  config?: string | undefined;
  timeZone?: string | undefined;
  /** Labels; default all. */
  account?: string[] | undefined;
}

/** What a command works with. */
export interface CommandContext {
  client: CallRecordsClient<BuiltInProvider>;
  providers: readonly BuiltInProvider[];
  zone: Zone;
  messages: Messages;
  interruption: Interruption;
}

/**
 * What is configured; nothing is opened yet.
 * @throws UsageError and ConfigurationError for what cannot be read as accounts at all; UsageError when it is what would be written over.
 */
export async function openConfiguration(
  options: AccountOptions & { out?: string | undefined },
): Promise<{ messages: Messages; zone: Zone; accounts: Accounts }> {
  const messages = new Messages(options);
  const zone = readZone(options.timeZone);
  const warning = options.timeZone === undefined ? machineZone().warning : null;
  if (warning !== null) messages.warn(warning);
  const accounts = await loadAccounts(options.config);
  if (
    options.out !== undefined &&
    accounts.file !== null &&
    (await resolveRealPath(options.out)) === (await resolveRealPath(accounts.file))
  ) {
    throw new UsageError(`--out: ${options.out} is the file in which the accounts are configured. Name another one.`);
  }
  for (const warning of accounts.warnings) messages.warn(warning);
  return { messages, zone, accounts };
}

/** From where the accounts are configured, in words. */
export function sourceOf({ file, accounts }: Accounts): string {
  if (file !== null) return `Configured by ${file}.`;
  return accounts.length === 0 ? "Nothing is configured." : "Configured by the environment.";
}

/**
 * Opens the accounts that are configured, lets a command work with them, and closes them.
 * @throws UsageError and ConfigurationError for what is configured wrongly; what the work throws.
 */
export async function workWith(
  options: AccountOptions & { out?: string | undefined },
  work: (context: CommandContext) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { messages, zone, accounts } = await openConfiguration(options);
  const providers = openAll(accounts, options.account);
  const client = new CallRecordsClient({ providers, onEvent: messages.onEvent });
  const interruption = listenForInterruption();
  try {
    return await interruptible(interruption, () => work({ client, providers, zone, messages, interruption }));
  } finally {
    await client.close();
  }
}

/** What the client is asked for besides: failures stay where they happen, and the report tells of them. */
export function policyOf({ account }: AccountOptions, { interruption }: CommandContext) {
  return {
    accounts: account,
    signal: interruption.signal,
    isolateFailures: true,
    beforeRetention: "clip",
    unreadableRows: "report",
  } as const;
}
