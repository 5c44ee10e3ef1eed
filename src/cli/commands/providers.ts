import { column } from "../../columns/column.js";
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

const text = (name: string, heading: string, read: (row: ProviderRow) => string | null | undefined) =>
  column(name, heading, "text", read);

const columns: Columns<ProviderRow> = {
  all: [
    text("provider", "provider", ({ provider }) => provider),
    text("account", "account", ({ account }) => account),
    text("status", "status", ({ status }) => status),
    text("rateLimit", "rate limit", ({ capabilities }) => capabilities && limitOf(capabilities.rate)),
    text("window", "window", ({ capabilities }) => days(capabilities?.records.window?.maxSeconds)),
    text("retention", "retention", ({ capabilities }) =>
      capabilities?.records.retentionSeconds === null ? "unknown" : days(capabilities?.records.retentionSeconds),
    ),
    text("usage", "usage", ({ capabilities }) => capabilities?.usage.sources.join("+")),
    text("active", "active", ({ capabilities }) => capabilities && (capabilities.activeCalls ?? "no")),
    text(
      "findCallBy",
      "find call by",
      ({ capabilities }) =>
        capabilities && (capabilities.findCall?.lookups.map(({ keys }) => keys.join(", ")).join("; ") ?? "no"),
    ),
    text("timeZone", "time zone", ({ capabilities }) => capabilities?.timeZone),
    text("filters", "filters", ({ capabilities }) => capabilities?.records.filters.join(" ")),
    text("missing", "missing", ({ missing }) => missing),
  ],
  table: [
    "provider",
    "account",
    "status",
    "rateLimit",
    "window",
    "retention",
    "usage",
    "active",
    "findCallBy",
    "timeZone",
    "filters",
  ],
  widths: {
    provider: [11, 11],
    account: [11, 24],
    status: [14, 14],
    rateLimit: [16, 16],
    usage: [14, 14],
    findCallBy: [12, 33],
    timeZone: [13, 20],
    filters: [16, 60],
    missing: [20, 80],
  },
};

function limitOf({ requestsPerSecond, concurrency }: AccountCapabilities["rate"]): string {
  return `${requestsPerSecond}/s, ${concurrency} at once`;
}

/** Prints the capabilities of each account, and the missing settings of the other vendors. Sends no request. */
export async function providers(options: AccountOptions & FormatOptions): Promise<ExitCode> {
  const { messages, zone, accounts } = await openConfiguration(options);
  const rows = [...accounts.accounts.map(rowOf), ...accounts.unset.map((vendor) => missingRow(vendor, accounts.file))];
  const interruption = listenForInterruption();
  return interruptible(interruption, async () => {
    await printAll(() => Promise.resolve(rows), options, columns, { zone, messages, signal: interruption.signal });
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

function days(seconds: number | undefined): string | null {
  return seconds === undefined ? null : `${Math.floor(seconds / DAY_SECONDS)} d`;
}
