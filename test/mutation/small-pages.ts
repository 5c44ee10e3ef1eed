import type { Provider } from "call-records";
import type { ListOperation } from "call-records/adapter";

/** Rows of a page: few, so that a small number of calls fills several pages. */
const ROWS = 2;

function inSmallPages<Value>(list: ListOperation<Value>): ListOperation<Value> {
  return list.paging.style === "none" ? list : { ...list, paging: { ...list.paging, size: ROWS } };
}

/** Returns the provider with small pages. */
export function withSmallPages(provider: Provider): Provider {
  const { records, activeCalls, ...others } = provider.operations;
  const live =
    activeCalls === undefined
      ? {}
      : { activeCalls: activeCalls === "records" ? activeCalls : inSmallPages(activeCalls) };
  return { ...provider, operations: { ...others, ...live, records: inSmallPages(records) } };
}
