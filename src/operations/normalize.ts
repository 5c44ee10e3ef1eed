import type { ListOperation, MappedCall, Partition } from "../contract/provider.js";
import type { CallRecord } from "../model/call-record.js";
import { ResponseError } from "../model/errors.js";
import type { AccountSession } from "../engine/account/account-session.js";
import { CallTimes } from "../engine/lists/call-times.js";
import { readFields } from "../engine/lists/optional-fields.js";
import { TOO_DEEP, tooDeepFieldOf } from "../engine/lists/row-depth.js";
import { undocumented } from "../engine/lists/schema-fault.js";
import { recordOf } from "../engine/lists/mapped-call.js";

/** Where a row was read, which the row itself may not say. The record that was kept with the row is such a context. */
export interface NormalizeContext {
  /** The vendor's application that it belongs to; needed where the account has several. */
  application?: string | null | undefined;
  /** The record's own: they name the list that the row was read from, where the row does not. */
  relatedIds?: Readonly<Record<string, string>> | undefined;
}

/**
 * The record of a row of the vendor's history, or of its list of calls going on.
 * @throws ResponseError naming the field, when it is a row of neither.
 */
export function normalizeRow(session: AccountSession, raw: unknown, context: NormalizeContext): CallRecord {
  return session.runAdapter("row or map", { operation: session.provider.operations.records.name, window: null }, () =>
    readRow(session, raw, context),
  );
}

function readRow(session: AccountSession, raw: unknown, context: NormalizeContext): CallRecord {
  const { provider } = session;
  const { records, activeCalls } = provider.operations;
  const lists = activeCalls === undefined || activeCalls === "records" ? [records] : [records, activeCalls];
  const deepField = tooDeepFieldOf(raw);
  if (deepField !== null) {
    throw new ResponseError(`${provider.account}: the row: field \`${session.clean(deepField)}\` ${TOO_DEEP}.`, {
      provider: provider.id,
      account: provider.account,
      operation: records.name,
    });
  }
  const reads = lists.map((list) => ({ list, ...readFields(list.row, raw) }));
  // A row of one list may be one of the other as well, but for a few fields.
  const [best] = reads
    .flatMap(({ list, read }) => (read === null ? [] : [{ list, read }]))
    .sort((a, b) => a.read.faults.length - b.read.faults.length);
  if (best !== undefined) {
    const { list, read } = best;
    const partition = partitionOf(list, context);
    const call = new CallTimes(session, list).mapAnywhere(read, list.key(read.row), (checked) =>
      list.map(checked, { partition }),
    );
    return recordOf(provider.id, provider.account, call, raw);
  }
  const fault = reads[0]?.fault ?? { issues: [] };
  throw new ResponseError(`${provider.account}: the row ${session.clean(undocumented(fault))}`, {
    provider: provider.id,
    account: provider.account,
    operation: records.name,
  });
}

/** The partition that a row was read from, as far as it is known. */
function partitionOf(list: ListOperation<MappedCall>, { application, relatedIds = {} }: NormalizeContext): Partition {
  const partitions = list.partitions(filtersAmong(relatedIds, list));
  const possible =
    application === undefined ? partitions : partitions.filter((partition) => partition.application === application);
  const [only, second] = possible;
  return only !== undefined && second === undefined ? only : { application: application ?? null, parameters: {} };
}

/** Those of a record's related ids that are filters of the list: a filter on a partition names it. */
function filtersAmong(
  relatedIds: Readonly<Record<string, string>>,
  list: ListOperation<MappedCall>,
): Record<string, unknown> {
  const named = Object.fromEntries(Object.entries(relatedIds).filter(([name]) => name in list.filters.shape));
  return list.filters.safeParse(named).data ?? {};
}
