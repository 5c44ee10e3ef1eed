import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { z } from "zod";
import { describeIssues } from "../contract/options.js";
import { ConfigurationError } from "../model/errors.js";
import { type Vendor, vendors } from "../vendors.js";
import { keyQuotedTwice, readAccountsText } from "./accounts-file-text.js";
import { refuseUntrustedFile } from "./accounts-file-trust.js";
import { openAccount, type ConfiguredAccount } from "./configured-account.js";
import { UsageError } from "./usage-error.js";

const DEFAULT_FILE = "call-records.config.json";

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
    .min(1, "must hold at least one account"),
});

/** A value that is in the environment, and not in the file. */
const reference = z.strictObject({ env: z.string().min(1) });

/** A file of accounts, and whether the user named it. */
export interface AccountsFile {
  file: string;
  isNamed: boolean;
}

/** The file that was named, else the default one where it is there, else null. @throws UsageError when the one that was named is not there. */
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
 * @throws UsageError when another user can write the file, or it cannot be read; ConfigurationError when it is no JSON, or has another form than
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
      `${file} holds its JSON as a text: the whole of it is quoted twice. Remove the outer quotation marks and the backslashes.`,
    );
  const key = keyQuotedTwice(value);
  if (key !== null)
    throw new ConfigurationError(
      `${file}: the name ${key} is quoted twice: quotation marks are part of it. Write it with one pair of quotation marks.`,
    );
  return value;
}

/** A quotation mark behind another, where a name or a value begins. */
const DOUBLED_QUOTES = /[{[,:]\s*""[^\s,:}\]"]/;

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not the parser's own words, which quote the text: it may hold secrets.
    throw new ConfigurationError(
      DOUBLED_QUOTES.test(text)
        ? `${file} is not JSON: names or values in it are quoted twice. Write each with one pair of quotation marks.`
        : `${file} is not JSON.`,
    );
  }
}

/** @throws ConfigurationError naming the variable that is not set. */
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

/** A secret that stands in a file which others may read is no secret. */
function warnOfSecrets(
  file: string,
  { mode }: Stats,
  written: readonly unknown[],
  accounts: readonly ConfiguredAccount[],
): string[] {
  // Windows has no such bits.
  if (process.platform === "win32" || (mode & 0o044) === 0) return [];
  const texts = new Set(written.flatMap(textsIn));
  return accounts
    .filter(
      ({ opened }) => !(opened instanceof ConfigurationError) && opened.secrets().some((secret) => texts.has(secret)),
    )
    .map(
      ({ account }) =>
        `${file} holds a secret of ${account}, and can be read by other users. Run chmod 600 ${file}, or write {"env": "NAME"} in its place.`,
    );
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
