import { providerFromEnvironment } from "../environment.js";
import { ConfigurationError } from "../model/errors.js";
import { type BuiltInProvider, requiredVariables, type Vendor, vendors } from "../vendors.js";
import { findAccountsFile, readAccountsFile } from "./accounts-file.js";
import { type ConfiguredAccount, openAccount } from "./configured-account.js";
import { UsageError } from "./usage-error.js";

/** What is configured, and where. */
export interface Accounts {
  /** The file's name; null for the environment. */
  file: string | null;
  accounts: ConfiguredAccount[];
  /** The vendors without an account. */
  unset: readonly Vendor[];
  warnings: string[];
}

/**
 * The accounts of the file that was named, else of `call-records.config.json` in the working folder where there is one, else of the environment.
 * @throws UsageError when a file that was named is not there; ConfigurationError when it cannot be read as accounts, or two have one label.
 */
export async function loadAccounts(path: string | undefined): Promise<Accounts> {
  const there = await findAccountsFile(path);
  const found =
    there === null ? { file: null, accounts: fromEnvironment(), warnings: [] } : await readAccountsFile(there);
  const labels = found.accounts.map(({ account }) => account);
  const twice = labels.find((label, index) => labels.indexOf(label) < index);
  if (twice !== undefined)
    throw new ConfigurationError(
      `${found.file ?? "The environment"}: two accounts have the label \`${twice}\`. Give each an \`account\` of its own.`,
    );
  const configured = new Set(found.accounts.map(({ provider }) => provider));
  return { ...found, unset: vendors().filter(({ id }) => !configured.has(id)) };
}

function fromEnvironment(): ConfiguredAccount[] {
  return vendors().flatMap((vendor) => {
    const opened = openAccount(() => providerFromEnvironment(vendor, process.env));
    return opened === null ? [] : [{ provider: vendor.id, account: vendor.id, opened }];
  });
}

/**
 * The accounts that are configured well.
 * @param labels those that are wanted: only what is wrong with one of these is thrown. Default all.
 * @throws UsageError when nothing is configured; the ConfigurationError of the first account that is configured badly.
 */
export function openAll({ accounts, unset }: Accounts, labels?: readonly string[]): BuiltInProvider[] {
  if (accounts.length === 0)
    throw new UsageError(
      `No account is configured. Set the variables of one vendor at least, or write a call-records.config.json:\n${unset.map(describeVariables).join("\n")}`,
    );
  return accounts.flatMap(({ account, opened }) => {
    if (!(opened instanceof ConfigurationError)) return [opened];
    if (labels?.includes(account) ?? true) throw opened;
    return [];
  });
}

function describeVariables(vendor: Vendor): string {
  return `  ${vendor.id}: ${Object.values(requiredVariables(vendor)).join(", ")}`;
}
