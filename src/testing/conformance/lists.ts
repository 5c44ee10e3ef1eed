import { callRecordSchema, type Provider, usageSummarySchema } from "../../index.js";
import { callRecordOf, type ListOperation, type MappedCall, type Partition } from "../../adapter.js";
import type { ConformanceSubject, ListExample } from "./subject.js";

/** A schema that reads a value without throwing. */
interface Schema {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: unknown }
    | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } };
}

/** A list of an adapter, with its example. */
export interface ExampleList {
  name: "records" | "usage" | "activeCalls";
  operation: ListOperation<object>;
  example: ListExample;
  partition: Partition;
  /** Whether its rows are calls. */
  holdsCalls: boolean;
  /** Returns the record or the summary that the engine creates from a mapped row. */
  complete(mapped: object, raw: unknown): object;
  /** The schema of the record or the summary. */
  schema: Schema;
}

/** Used where an adapter has no partition, which another check reports. */
const NO_PARTITION: Partition = { application: null, parameters: {} };

/** Returns the lists of an adapter, by the name of the operation. */
export function listsOf({
  operations: { records, usage, activeCalls },
}: Provider): { name: string; list: ListOperation<object> }[] {
  return [
    { name: "records", list: records },
    ...(usage === undefined ? [] : [{ name: "usage", list: usage }]),
    ...(typeof activeCalls === "object" ? [{ name: "activeCalls", list: activeCalls }] : []),
  ];
}

/** Returns the lists of an adapter that have an example. */
export function exampleLists({ examples }: ConformanceSubject, provider: Provider): ExampleList[] {
  const { records, usage, activeCalls } = provider.operations;
  const { id, account } = provider;
  const lists: ExampleList[] = [];
  const add = (
    name: ExampleList["name"],
    operation: ListOperation<object> | "records" | undefined,
    example: ListExample | undefined,
  ) => {
    if (typeof operation !== "object" || example === undefined) return;
    const partition = example.partition ?? operation.partitions({})[0] ?? NO_PARTITION;
    const own =
      name === "usage"
        ? { complete: summaryOf(provider, partition), schema: usageSummarySchema }
        : { complete: recordOf(id, account), schema: callRecordSchema };
    lists.push({ name, operation, example, partition, holdsCalls: name !== "usage", ...own });
  };
  add("records", records, examples.records);
  add("usage", usage, examples.usage);
  add("activeCalls", activeCalls, examples.activeCalls);
  return lists;
}

/** Fields that a record does not have are kept, so that the schema reports them. */
function recordOf(provider: string, account: string): ExampleList["complete"] {
  return (mapped, raw) => ({ ...mapped, ...callRecordOf(provider, account, mapped as MappedCall, raw) });
}

function summaryOf({ id, account }: Provider, { application }: Partition): ExampleList["complete"] {
  return (reading, raw) => ({
    provider: id,
    account,
    application,
    from: new Date(0),
    to: new Date(1),
    source: "vendor",
    calls: null,
    talkSeconds: null,
    answeredWithoutDuration: null,
    complete: true,
    ...reading,
    // A vendor's count has no unclassified minutes.
    minutes:
      "minutes" in reading && typeof reading.minutes === "object" && reading.minutes !== null
        ? { unclassified: null, ...reading.minutes }
        : null,
    raw: [raw],
  });
}
