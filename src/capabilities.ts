import type { FindCallOperation, ListOperation, PagingRule, Provider, Rate, WindowRule } from "./contract/provider.js";

/** What one account can do, and its limits, as plain data. */
export interface AccountCapabilities {
  provider: string;
  account: string;
  timeZone: string;
  rate: Rate;
  /** Ranges are read wider by these seconds where the vendor does not say which of a call's times it filters on. */
  longestCallSeconds: number;
  /** What is younger than these seconds is reported as unsettled. */
  settleSeconds: number;
  records: ListCapabilities & {
    /** The lists that are read one by one, such as the applications. */
    partitions: { application: string | null; parameters: Record<string, string> }[];
    /** The names of the vendor's own filters. */
    filters: string[];
  };
  usage: {
    /** Where usage can come from; the first is what `auto` takes. */
    sources: ("vendor" | "records")[];
    vendor: ListCapabilities | null;
  };
  /** `vendor`: a list of the vendor's own; `records`: from its history; null: it does not tell. */
  activeCalls: "vendor" | "records" | null;
  /** The keys by which one call is found, or null where it cannot be. */
  findCall: { keys: string[] } | null;
}

/** The limits of one of a vendor's lists. */
export interface ListCapabilities {
  /** The vendor's name of the operation. */
  operation: string;
  window: WindowRule | null;
  /** How far back the vendor keeps it, in seconds; null where no limit is documented. */
  retentionSeconds: number | null;
  paging: PagingRule;
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
      partitions: records.partitions({}).map(({ application, parameters }) => ({ application, parameters: { ...parameters } })),
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
