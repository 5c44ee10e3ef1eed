import type {
  FindCallOperation,
  ListOperation,
  PagingRule,
  Partition,
  Provider,
  Rate,
  WindowRule,
} from "../contract/provider.js";

/** What one account can do, and its limits, as plain data. */
export interface AccountCapabilities {
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** The account's label, as configured. */
  account: string;
  /** IANA zone of the vendor's clock, and of days and months in usage. */
  timeZone: string;
  /** The pace that is kept to: as configured, else the provider's default. */
  rate: Rate;
  /** Ranges are read wider by these seconds where the vendor does not say which of a call's times it filters on. */
  longestCallSeconds: number;
  /** What is younger than these seconds is reported as unsettled. */
  settleSeconds: number;
  /** The history. */
  records: RecordsCapabilities;
  /** The count for the bill. */
  usage: UsageCapabilities;
  /** `vendor`: a list of the vendor's own; `records`: from its history; null: it does not tell. */
  activeCalls: "vendor" | "records" | null;
  /** How one call is found, or null where it cannot be. */
  findCall: FindCallCapabilities | null;
}

/** The limits of one of a vendor's lists. */
export interface ListCapabilities {
  /** The vendor's name of the operation. */
  operation: string;
  /** What may be asked for at once; null for a snapshot that is not asked for by time. */
  window: WindowRule | null;
  /** How far back the vendor keeps it, in seconds; null where no limit is documented. */
  retentionSeconds: number | null;
  /** How it is cut into pages, and how many rows one may hold. */
  paging: PagingRule;
}

/** What the history of an account is read by. */
export interface RecordsCapabilities extends ListCapabilities {
  /** The lists that are read one by one, such as the applications. */
  partitions: Partition[];
  /** The names of the vendor's own filters. */
  filters: string[];
}

/** Where the usage of an account can come from. */
export interface UsageCapabilities {
  /** The first is what `auto` takes. */
  sources: ("vendor" | "records")[];
  /** The limits of the vendor's own count; null where it has none. */
  vendor: ListCapabilities | null;
}

/** What one call of an account is found by. */
export interface FindCallCapabilities {
  /** The names of the vendor's keys: arguments of `findCall`. */
  keys: string[];
}

/** What a provider declares, as plain data. */
export function capabilitiesOf(provider: Provider): AccountCapabilities {
  const { records, usage, activeCalls, findCall } = provider.operations;
  return {
    provider: provider.id,
    account: provider.account,
    timeZone: provider.timeZone,
    rate: { ...provider.rate },
    longestCallSeconds: provider.longestCallSeconds,
    settleSeconds: provider.settleSeconds,
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
  };
}

function limitsOf({ name, window, retentionSeconds, paging }: ListOperation<unknown>): ListCapabilities {
  return { operation: name, window: window === null ? null : { ...window }, retentionSeconds, paging: { ...paging } };
}

function keyNames({ keys }: FindCallOperation): string[] {
  return Object.keys(keys.shape);
}
