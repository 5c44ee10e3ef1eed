import { z } from "zod";
import type { MappedCall } from "../contract/mapped-call.js";
import type { ListOperation, Partition, Provider } from "../contract/provider.js";
import type { CallRecord } from "../model/call-record.js";
import { RequestError, ResponseError } from "../model/errors.js";
import type { AccountSession } from "../engine/account/account-session.js";
import { CallTimes } from "../engine/lists/call-times.js";
import { readFields } from "../engine/lists/optional-fields.js";
import { TOO_DEEP, tooDeepFieldOf } from "../engine/lists/row-depth.js";
import { undocumented } from "../engine/lists/schema-fault.js";
import { callRecordOf } from "../contract/call-record-of.js";
import { requireApplication } from "./applications.js";
import { readArguments } from "./arguments.js";

/** The origin of a row, which the row itself may not contain. The record that was stored with the row can be passed. */
export interface NormalizeContext {
  /**
   * The application of the row. The account must have it. Required when the account has several, because a vendor's row does not name it. Null or
   * empty: none.
   */
  application?: string | null | undefined;
  /** The related ids of the record. They identify the list of the row when the row does not. */
  relatedIds?: Readonly<Record<string, string>> | undefined;
}

/**
 * Returns the record of a row from the vendor's history or from its list of active calls.
 * @throws ResponseError naming the field, when the row belongs to neither; RequestError when the context is invalid, names an application that the account does
 * not have, or names none although the account has several.
 */
export function normalizeRow(session: AccountSession, raw: unknown, context: NormalizeContext): CallRecord {
  const read = readArguments("normalize", argumentsSchema, { context }).context;
  return session.runAdapter("row or map", { operation: session.provider.operations.records.name, window: null }, () =>
    readRow(session, raw, read),
  );
}

/** A stored record, which has further fields, is a context too. */
const argumentsSchema = z.object({
  context: z.looseObject({
    application: z.string("must be a text, or null").nullable().optional(),
    relatedIds: z.record(z.string(), z.string("must be a text"), "must be an object of texts").optional(),
  }),
});

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
  // A row of one list may also match the schema of the other, except for a few fields.
  const [best] = reads
    .flatMap(({ list, read }) => (read === null ? [] : [{ list, read }]))
    .sort((a, b) => a.read.faults.length - b.read.faults.length);
  if (best !== undefined) {
    const { list, read } = best;
    const partition = partitionOf(provider, list, context);
    const call = new CallTimes(session, list).mapAnywhere(read, list.key(read.row), (checked) =>
      list.map(checked, { partition }),
    );
    return callRecordOf(provider.id, provider.account, call, raw);
  }
  const fault = reads[0]?.fault ?? { issues: [] };
  throw new ResponseError(`${provider.account}: the row ${session.clean(undocumented(fault))}`, {
    provider: provider.id,
    account: provider.account,
    operation: records.name,
  });
}

/**
 * Returns the partition of a row, as far as it is known.
 * @throws RequestError when the context names an application that the account does not have, or names none although the account has several.
 */
function partitionOf(
  { account, operations }: Provider,
  list: ListOperation<MappedCall>,
  { application: given, relatedIds = {} }: NormalizeContext,
): Partition {
  // Stores write an empty text in place of null. Null names an application only where calls of the account have none.
  const named = given === "" ? null : given;
  // Without a request, the applications of the account are unknown: the row has that of the context, or none.
  const isDiscovered = operations.discoverPartitions?.isUsed === true && typeof named === "string";
  const partitions = list.partitions(filtersAmong(relatedIds, list), isDiscovered ? [named] : undefined);
  const applications = [...new Set(partitions.map((partition) => partition.application))];
  const application = named === null && !applications.includes(null) ? undefined : named;
  if (application === undefined && applications.length > 1)
    throw new RequestError(
      `normalize: argument \`context\` must contain the \`application\` of the row, because the account \`${account}\` has several (${applications.map((one) => `\`${one ?? "null"}\``).join(", ")}). Pass the record that was stored with the row.`,
      { account },
    );
  if (application !== undefined)
    requireApplication("normalize", "context.application", account, application, applications);
  const possible =
    application === undefined ? partitions : partitions.filter((partition) => partition.application === application);
  const [only, second] = possible;
  return only !== undefined && second === undefined ? only : { application: application ?? null, parameters: {} };
}

/** Returns the related ids that are filters of the list. Such a filter identifies a partition. */
function filtersAmong(
  relatedIds: Readonly<Record<string, string>>,
  list: ListOperation<MappedCall>,
): Record<string, unknown> {
  const named = Object.fromEntries(Object.entries(relatedIds).filter(([name]) => name in list.filters.shape));
  return list.filters.safeParse(named).data ?? {};
}
