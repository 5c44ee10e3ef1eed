import { providerFromEnvironment } from "../environment.js";
import { ConfigurationError } from "../model/errors.js";
import { type BuiltInProvider, requiredVariables, type Vendor, vendors } from "../vendors.js";
import { findAccountsFile, readAccountsFile } from "./accounts-file.js";
import { type ConfiguredAccount, openAccount } from "./configured-account.js";
import { UsageError } from "./exit-code.js";

/** The configured accounts, and their source. */
export interface Accounts {
  /** The name of the file; null for the environment. */
  file: string | null;
  accounts: ConfiguredAccount[];
  /** The vendors without an account. */
  unset: readonly Vendor[];
  warnings: string[];
}

/**
 * Returns the accounts in the named file, else in `call-records.config.json` in the working folder if it exists, else in the environment.
 * @throws UsageError if the named file does not exist; ConfigurationError if the file is invalid, or if two accounts have the same label.
 */
export async function loadAccounts(path: string | undefined): Promise<Accounts> {
  const accountsFile = await findAccountsFile(path);
  const found =
    accountsFile === null
      ? { file: null, accounts: fromEnvironment(), warnings: [] }
      : await readAccountsFile(accountsFile);
  const labels = found.accounts.map(({ account }) => account);
  const duplicate = labels.find((label, index) => labels.indexOf(label) < index);
  if (duplicate !== undefined)
    throw new ConfigurationError(
      `${found.file ?? "The environment"}: two accounts have the label \`${duplicate}\`. Give each a different \`account\`.`,
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
 * Returns the accounts whose configuration is valid.
 * @param labels the requested accounts. An invalid configuration of any other account is ignored. Default all.
 * @throws UsageError if nothing is configured, or a requested account does not exist; the ConfigurationError of the first requested account whose configuration is invalid.
 */
export function openAll({ accounts, unset }: Accounts, labels?: readonly string[]): BuiltInProvider[] {
  if (accounts.length === 0)
    throw new UsageError(
      `No account is configured. Set the variables of at least one vendor, or create call-records.config.json:\n${unset.map(describeVariables).join("\n")}`,
    );
  requireLabels(accounts, labels);
  return accounts.flatMap(({ account, opened }) => {
    if (!(opened instanceof ConfigurationError)) return [opened];
    if (labels?.includes(account) ?? true) throw opened;
    return [];
  });
}

/** @throws UsageError if one of the requested accounts does not exist. */
export function requireLabels(accounts: readonly ConfiguredAccount[], labels: readonly string[] = []): void {
  const unknown = labels.find((label) => !accounts.some(({ account }) => account === label));
  if (unknown !== undefined)
    throw new UsageError(
      `--account: there is no account "${unknown}". The accounts are ${accounts.map(({ account }) => account).join(", ")}.`,
    );
}

/** Returns the requested accounts whose configuration is valid. @param labels the requested accounts. Default all. */
export function validAccounts({ accounts }: Accounts, labels?: readonly string[]): BuiltInProvider[] {
  return accounts.flatMap(({ account, opened }) =>
    opened instanceof ConfigurationError || labels?.includes(account) === false ? [] : [opened],
  );
}

function describeVariables(vendor: Vendor): string {
  return `  ${vendor.id}: ${Object.values(requiredVariables(vendor)).join(", ")}`;
}
