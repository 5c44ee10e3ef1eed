import { type AccountCapabilities, capabilitiesOf } from "../../operations/capabilities.js";
import { ConfigurationError } from "../../model/errors.js";
import { requiredVariables, type Vendor } from "../../vendors.js";
import type { ConfiguredAccount } from "../configured-account.js";
import { ExitCode } from "../exit-code.js";
import { interruptible, listenForInterruption } from "../interruption.js";
import type { Columns } from "../output/columns.js";
import { type FormatOptions, formatOf } from "../output/format.js";
import { printAll } from "../output/print-all.js";
import { oneLine } from "../terminal/sanitize.js";
import { type AccountOptions, openConfiguration, describeSource } from "../command-context.js";

/** An account, or a vendor without an account. */
interface ProviderRow {
  provider: string;
  account: string | null;
  status: "ready" | "wrong" | "not configured";
  /** The error or the missing settings; null for an account that is ready. */
  missing: string | null;
  capabilities: AccountCapabilities | null;
}

const DAY_SECONDS = 86_400;

const columns: Columns<ProviderRow> = {
  all: [
    { name: "provider", value: ({ provider }) => provider, width: 11 },
    { name: "account", value: ({ account }) => account, width: 11, maxWidth: 24 },
    { name: "status", value: ({ status }) => status, width: 14 },
    {
      name: "pace",
      heading: "rate limit",
      value: ({ capabilities: c }) =>
        c === null ? null : `${c.rate.requestsPerSecond}/s, ${c.rate.concurrency} at once`,
      width: 16,
    },
    {
      name: "window",
      value: ({ capabilities: c }) => (c?.records.window == null ? null : days(c.records.window.maxSeconds)),
      width: 7,
    },
    {
      name: "kept",
      heading: "retention",
      value: ({ capabilities: c }) =>
        c === null ? null : c.records.retentionSeconds === null ? "unknown" : days(c.records.retentionSeconds),
      width: 9,
    },
    { name: "usage", value: ({ capabilities: c }) => c?.usage.sources.join("+") ?? null, width: 14 },
    { name: "active", value: ({ capabilities: c }) => (c === null ? null : (c.activeCalls ?? "no")), width: 7 },
    {
      name: "oneCallBy",
      heading: "find call by",
      value: ({ capabilities: c }) => (c === null ? null : (c.findCall?.keys.join(", ") ?? "no")),
      width: 12,
      maxWidth: 33,
    },
    { name: "timeZone", heading: "zone", value: ({ capabilities: c }) => c?.timeZone ?? null, width: 13, maxWidth: 20 },
    { name: "filters", value: ({ capabilities: c }) => c?.records.filters.join(" ") ?? null, width: 16, maxWidth: 60 },
    { name: "missing", value: ({ missing }) => missing, width: 20, maxWidth: 80 },
  ],
  table: [
    "provider",
    "account",
    "status",
    "pace",
    "window",
    "kept",
    "usage",
    "active",
    "oneCallBy",
    "timeZone",
    "filters",
  ],
};

/** Prints the capabilities of each account, and the missing settings of the other vendors. Sends no request. */
export async function providers(options: AccountOptions & FormatOptions): Promise<ExitCode> {
  const { messages, zone, accounts } = await openConfiguration(options);
  const rows = [...accounts.accounts.map(rowOf), ...accounts.unset.map((vendor) => missingRow(vendor, accounts.file))];
  const interruption = listenForInterruption();
  return interruptible(interruption, async () => {
    await printAll(() => Promise.resolve(rows), options, columns, { zone, signal: interruption.signal });
    messages.info(describeSource(accounts));
    // A table has no room for the missing settings.
    if (formatOf(options) === "table")
      for (const { provider, account, missing } of rows)
        if (missing !== null) messages.info(oneLine(`${account ?? provider}: ${missing}`));
    return rows.some(({ status }) => status === "wrong") ? ExitCode.usage : ExitCode.complete;
  });
}

/** @param file the file that configures the accounts: the environment is then ignored. */
function missingRow(vendor: Vendor, file: string | null): ProviderRow {
  const required = requiredVariables(vendor);
  const missing =
    file === null
      ? `set ${Object.values(required).join(", ")}`
      : `add an entry to ${file} with provider ${vendor.id}, ${Object.keys(required).join(", ")}`;
  return { provider: vendor.id, account: null, status: "not configured", missing, capabilities: null };
}

function rowOf({ provider, account, opened }: ConfiguredAccount): ProviderRow {
  if (opened instanceof ConfigurationError)
    return { provider, account, status: "wrong", missing: opened.message, capabilities: null };
  return { provider, account, status: "ready", missing: null, capabilities: capabilitiesOf(opened) };
}

function days(seconds: number): string {
  return `${Math.floor(seconds / DAY_SECONDS)} d`;
}
