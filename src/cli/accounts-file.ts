import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { z } from "zod";
import { describeIssues } from "../contract/parse-options.js";
import { ConfigurationError } from "../model/errors.js";
import { type Vendor, vendors } from "../vendors.js";
import { keyQuotedTwice, readAccountsText } from "./accounts-file-text.js";
import { refuseUntrustedFile } from "./accounts-file-trust.js";
import { openAccount, type ConfiguredAccount } from "./configured-account.js";
import { UsageError } from "./exit-code.js";

const DEFAULT_FILE = "call-records.config.json";

/** The factories. Each validates its options, which come from the file without further checks. */
const factories = Object.fromEntries(vendors().map(({ id, factory }) => [id, factory])) as Record<
  Vendor["id"],
  Vendor["factory"]
>;

const fileSchema = z.strictObject({
  accounts: z
    .array(
      z.looseObject({
        provider: z.enum(vendors().map(({ id }) => id)),
        account: z.string().min(1, "must not be empty").optional(),
      }),
    )
    .min(1, "must contain at least one account"),
});

/** A reference to an environment variable, instead of a value in the file. */
const reference = z.strictObject({ env: z.string().min(1) });

/** An accounts file, and whether the user named it. */
export interface AccountsFile {
  file: string;
  isNamed: boolean;
}

/** Returns the file that was named, else the default file if it exists, else null. @throws UsageError if the named file does not exist. */
export async function findAccountsFile(path: string | undefined): Promise<AccountsFile | null> {
  const file = path ?? DEFAULT_FILE;
  try {
    await stat(file);
    return { file, isNamed: path !== undefined };
  } catch (error) {
    if (path === undefined) return null;
    throw new UsageError(`--config: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Returns the accounts in the file, and warnings about it.
 * @throws UsageError if another user can modify the file, or it cannot be read; ConfigurationError if it is not JSON of the form
 * `{ "accounts": [{ "provider": "…", … }] }`.
 */
export async function readAccountsFile({
  file,
  isNamed,
}: AccountsFile): Promise<{ file: string; accounts: ConfiguredAccount[]; warnings: string[] }> {
  const { text, found } = await readAccountsText(file, (present) => refuseUntrustedFile(file, present, isNamed));
  const read = fileSchema.safeParse(parseJson(file, text));
  if (!read.success) throw new ConfigurationError(`${file}: ${describeIssues(read.error, "field")}.`);
  const accounts = read.data.accounts.map(({ provider, ...options }): ConfiguredAccount => {
    const open = factories[provider];
    return {
      provider,
      account: options.account ?? provider,
      opened: openAccount(() => open(resolveReferences(`${file}: ${options.account ?? provider}`, options) as never)),
    };
  });
  return { file, accounts, warnings: warnOfSecrets(file, found, read.data.accounts, accounts) };
}

function parseJson(file: string, text: string): unknown {
  const value = parse(file, text);
  if (typeof value === "string")
    throw new ConfigurationError(
      `${file} contains its JSON as a string: the whole file is quoted twice. Remove the outer quotation marks and the backslashes.`,
    );
  const key = keyQuotedTwice(value);
  if (key !== null)
    throw new ConfigurationError(
      `${file}: the name ${key} is quoted twice, so the quotation marks are part of it. Write it with one pair of quotation marks.`,
    );
  return value;
}

/** Two quotation marks at the start of a name or a value. */
const DOUBLED_QUOTES = /[{[,:]\s*""[^\s,:}\]"]/;

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The message of the parser is not included: it quotes the text, which may contain secrets.
    throw new ConfigurationError(
      DOUBLED_QUOTES.test(text)
        ? `${file} is not JSON: it contains names or values that are quoted twice. Write each with one pair of quotation marks.`
        : `${file} is not JSON.`,
    );
  }
}

/** Replaces references with the values of environment variables. @throws ConfigurationError that names a variable that is not set. */
function resolveReferences(owner: string, value: unknown, path = ""): unknown {
  const { data } = reference.safeParse(value);
  if (data !== undefined) {
    const found = process.env[data.env]?.trim() ?? "";
    if (found === "")
      throw new ConfigurationError(
        `${owner}: option \`${path}\`: the environment variable \`${data.env}\` is not set.`,
      );
    return found;
  }
  if (Array.isArray(value)) return value.map((item, index) => resolveReferences(owner, item, `${path}.${index}`));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      resolveReferences(owner, item, path === "" ? key : `${path}.${key}`),
    ]),
  );
}

/** Returns a warning for each account whose secrets are in a file that other users can read. */
function warnOfSecrets(
  file: string,
  { mode }: Stats,
  written: readonly unknown[],
  accounts: readonly ConfiguredAccount[],
): string[] {
  // Windows has no permission bits.
  if (process.platform === "win32" || (mode & 0o044) === 0) return [];
  const texts = new Set(written.flatMap(textsIn));
  return accounts
    .filter(
      ({ opened }) => !(opened instanceof ConfigurationError) && opened.secrets().some((secret) => texts.has(secret)),
    )
    .map(
      ({ account }) =>
        `${file} contains a secret of ${account}, and other users can read it. Run chmod 600 ${file}, or replace the secret with {"env": "NAME"}.`,
    );
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
