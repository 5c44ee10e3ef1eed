import type { BuiltInProvider, VendorVariables } from "../environment.js";
import { vendorVariables } from "../environment.js";
import { ConfigurationError } from "../model/errors.js";
import { findAccountsFile, readAccountsFile } from "./accounts-file.js";
import { UsageError } from "./usage-error.js";

/** One account that is configured, well or badly. */
export interface ConfiguredAccount {
  /** The provider's id. */
  provider: string;
  /** Its label, or where that is not known its provider's id. */
  account: string;
  opened: BuiltInProvider | ConfigurationError;
}

/** What is configured, and where. */
export interface Accounts {
  /** The file, or `the environment`. */
  source: string;
  accounts: ConfiguredAccount[];
  /** Of which vendor nothing is configured, and by which variables it would be. */
  unset: readonly VendorVariables[];
  warnings: string[];
}

/**
 * The accounts of the file that was named, else of `call-records.config.json` in the working folder where there is one, else of the environment.
 * @throws UsageError when a file that was named is not there; ConfigurationError when it cannot be read as accounts, or two have one label.
 */
export async function loadAccounts(path: string | undefined): Promise<Accounts> {
  const file = await findAccountsFile(path);
  const found = file === null ? { source: "the environment", accounts: fromEnvironment(), warnings: [] } : await readAccountsFile(file);
  const labels = found.accounts.map(({ account }) => account);
  const twice = labels.find((label, index) => labels.indexOf(label) < index);
  if (twice !== undefined) throw new ConfigurationError(`${found.source}: two accounts have the label \`${twice}\`. Give each an \`account\` of its own.`);
  const configured = new Set(found.accounts.map(({ provider }) => provider));
  return { ...found, unset: vendorVariables.filter(({ provider }) => !configured.has(provider)) };
}

function fromEnvironment(): ConfiguredAccount[] {
  return vendorVariables.flatMap(({ provider, read }) => {
    const opened = openAccount(() => read(process.env));
    return opened === null ? [] : [{ provider, account: provider, opened }];
  });
}

/** The account, or what is wrong with its configuration. */
export function openAccount<Opened>(open: () => Opened): Opened | ConfigurationError {
  try {
    return open();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
}

/** @throws UsageError when nothing is configured; the ConfigurationError of the first account that is configured badly. */
export function openAll({ accounts, unset }: Accounts): BuiltInProvider[] {
  if (accounts.length === 0) throw new UsageError(`No account is configured. Set the variables of one vendor at least, or write a call-records.config.json:\n${unset.map(describeVariables).join("\n")}`);
  return accounts.map(({ opened }) => {
    if (opened instanceof ConfigurationError) throw opened;
    return opened;
  });
}

function describeVariables({ provider, required }: VendorVariables): string {
  return `  ${provider}: ${required.join(", ")}`;
}
