import { type ProvidedValues, providedValues } from "../contract/provided-values.js";
import { findCallOperationsOf } from "../contract/lookup.js";
import type { ListOperation, PagingRule, Partition, Provider, Rate, WindowRule } from "../contract/provider.js";

/** The operations of one account and their limits, as plain data. */
export interface AccountCapabilities {
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** The account's label, as configured. */
  account: string;
  /** IANA time zone of the vendor's clock, and of days and months in usage. */
  timeZone: string;
  /** The request rate: as configured, otherwise the provider's default. */
  rate: Rate;
  /** The window margin in seconds when the filter time is unknown: ranges are widened by it at both ends. */
  longestCallSeconds: number;
  /** Age in seconds at which calls are settled. */
  settleSeconds: number;
  /** The values that the call history provides, for metrics. */
  provides: ProvidedValues;
  /** The call history. */
  records: RecordsCapabilities;
  /** The usage count. */
  usage: UsageCapabilities;
  /** `vendor`: from a list of the vendor; `records`: from its history; null: unsupported. */
  activeCalls: "vendor" | "records" | null;
  /** The lookup of one call; null when unsupported. */
  findCall: FindCallCapabilities | null;
  /** The download of recordings; null when unsupported. */
  recordings: RecordingCapabilities | null;
}

/** The limits of one list. */
export interface ListCapabilities {
  /** The vendor's name of the operation. */
  operation: string;
  /** The limits of one request's window; null for a snapshot, which has no window. */
  window: WindowRule | null;
  /** The retention in seconds; null when no limit is documented. */
  retentionSeconds: number | null;
  /** The paging and the page size. */
  paging: PagingRule;
}

/** The lists and filters of the history. */
export interface RecordsCapabilities extends ListCapabilities {
  /** The lists that are read separately, such as the applications. Null where the applications are discovered: this function sends no request. */
  partitions: Partition[] | null;
  /** The names of the vendor's own filters. */
  filters: string[];
}

/** The sources of usage. */
export interface UsageCapabilities {
  /** `auto` uses the first one. */
  sources: ("vendor" | "records")[];
  /** The limits of the vendor's count; null when it has none. */
  vendor: ListCapabilities | null;
}

/** The keys that identify one call. */
export interface FindCallCapabilities {
  /** The sets of keys, which are arguments of `findCall`. The first one that matches the arguments is used. */
  lookups: LookupCapabilities[];
}

/** One way to find a call. */
export interface LookupCapabilities {
  /** The names of the vendor's keys, all of which are required. */
  keys: string[];
  /** The vendor's name of the operation that is called first; null where only the history is searched. */
  operation: string | null;
  /** Whether the history is searched, and whether the arguments `from` and `to` are required for it; null where it is not searched. */
  range: "optional" | "required" | null;
}

/** The download of recordings. */
export interface RecordingCapabilities {
  /** The vendor's name of the operation. */
  operation: string;
  /** The hosts from which recordings are downloaded, besides the vendor's API: names, and suffixes such as `*.example.com`. */
  hosts: string[];
}

/** Returns the declarations of a provider as plain data. */
export function capabilitiesOf(provider: Provider): AccountCapabilities {
  const { records, usage, activeCalls, recordings } = provider.operations;
  return {
    provider: provider.id,
    account: provider.account,
    timeZone: provider.timeZone,
    rate: { ...provider.rate },
    longestCallSeconds: provider.longestCallSeconds,
    settleSeconds: provider.settleSeconds,
    provides: providedValues(provider.provides),
    records: {
      ...limitsOf(records),
      partitions: partitionsOf(provider),
      filters: Object.keys(records.filters.shape),
    },
    usage: {
      sources: usage === undefined ? ["records"] : ["vendor", "records"],
      vendor: usage === undefined ? null : limitsOf(usage),
    },
    activeCalls: activeCalls === undefined ? null : activeCalls === "records" ? "records" : "vendor",
    findCall: findCallOf(provider),
    recordings: recordings === undefined ? null : { operation: recordings.name, hosts: [...recordings.hosts] },
  };
}

function partitionsOf({ operations: { records, discoverPartitions } }: Provider): Partition[] | null {
  if (discoverPartitions?.isUsed === true) return null;
  return records.partitions({}).map(({ application, parameters }) => ({ application, parameters: { ...parameters } }));
}

function limitsOf({ name, window, retentionSeconds, paging }: ListOperation<unknown>): ListCapabilities {
  return { operation: name, window: window === null ? null : { ...window }, retentionSeconds, paging: { ...paging } };
}

function findCallOf({ operations }: Provider): FindCallCapabilities | null {
  const lookups = findCallOperationsOf(operations).map((operation): LookupCapabilities => {
    const history = operation.type === "search" ? operation : operation.history;
    return {
      keys: Object.keys(operation.keys.shape),
      operation: operation.type === "lookup" ? operation.name : null,
      range: history === undefined ? null : history.requiresRange === true ? "required" : "optional",
    };
  });
  return lookups.length === 0 ? null : { lookups };
}
