import { type ProvidedValues, providedValues } from "../contract/provided-values.js";
import type {
  FindCallOperation,
  ListOperation,
  PagingRule,
  Partition,
  Provider,
  Rate,
  WindowRule,
} from "../contract/provider.js";

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
  /** The lists that are read separately, such as the applications. */
  partitions: Partition[];
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
  /** The names of the vendor's keys, which are arguments of `findCall`. */
  keys: string[];
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
  const { records, usage, activeCalls, findCall, recordings } = provider.operations;
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
      partitions: records
        .partitions({})
        .map(({ application, parameters }) => ({ application, parameters: { ...parameters } })),
      filters: Object.keys(records.filters.shape),
    },
    usage: {
      sources: usage === undefined ? ["records"] : ["vendor", "records"],
      vendor: usage === undefined ? null : limitsOf(usage),
    },
    activeCalls: activeCalls === undefined ? null : activeCalls === "records" ? "records" : "vendor",
    findCall: findCall === undefined ? null : { keys: keyNames(findCall) },
    recordings: recordings === undefined ? null : { operation: recordings.name, hosts: [...recordings.hosts] },
  };
}

function limitsOf({ name, window, retentionSeconds, paging }: ListOperation<unknown>): ListCapabilities {
  return { operation: name, window: window === null ? null : { ...window }, retentionSeconds, paging: { ...paging } };
}

function keyNames({ keys }: FindCallOperation): string[] {
  return Object.keys(keys.shape);
}
