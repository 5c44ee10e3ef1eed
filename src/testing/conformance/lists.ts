import assert from "node:assert/strict";
import { z } from "zod";
import { callRecordSchema, type Provider, usageSummarySchema } from "../../index.js";
import { callRecordOf, type ListOperation, type MappedCall, type Partition } from "../../adapter.js";
import { assertMatches } from "./assert-matches.js";
import { assertFieldsAgree } from "./field-checks.js";
import type { ConformanceSubject, ListExample } from "./subject.js";

type ListName = "records" | "usage" | "activeCalls";

/** Used where an adapter has no partition, which another check reports. */
const NO_PARTITION: Partition = { application: null, parameters: {} };

/** The parsed envelope: null where a response contains no list or no total, and on the last page. */
const pageSchema = z.object({
  rows: z.array(z.unknown()).nullable(),
  total: z.int().nonnegative().nullable(),
  next: z.string().min(1).nullable(),
});

/** Returns the lists of an adapter, by the name of the operation. */
export function listsOf({
  operations: { records, usage, activeCalls },
}: Provider): { name: ListName; list: ListOperation<object> }[] {
  return [
    { name: "records", list: records },
    ...(usage === undefined ? [] : [{ name: "usage" as const, list: usage }]),
    ...(typeof activeCalls === "object" ? [{ name: "activeCalls" as const, list: activeCalls }] : []),
  ];
}

/** Returns the lists of an adapter that have an example. */
export function exampleLists({ examples }: ConformanceSubject, provider: Provider): ExampleList[] {
  return listsOf(provider).flatMap(({ name, list }) => {
    const example = examples[name];
    return example === undefined ? [] : [new ExampleList(name, list, example, provider)];
  });
}

/** A list of an adapter, with its example. */
export class ExampleList {
  readonly partition: Partition;

  constructor(
    readonly name: ListName,
    readonly operation: ListOperation<object>,
    readonly example: ListExample,
    private readonly provider: Provider,
  ) {
    this.partition = example.partition ?? operation.partitions({})[0] ?? NO_PARTITION;
  }

  /** Returns the rows of a response, by default those of the example. */
  rows(response: unknown = this.example.response): unknown[] {
    const { name, operation } = this;
    const page = operation.responseSchema.safeParse(response);
    assert.ok(page.success, `\`${name}.responseSchema\` rejects the documented response: ${page.error?.message ?? ""}`);
    this.assertPage(page.data);
    return page.data.rows ?? [];
  }

  assertPage(page: unknown): void {
    assertMatches(pageSchema, page, `\`${this.name}.responseSchema\` returns an invalid page`);
  }

  /** Returns a row as the adapter's schema reads it. */
  parse(raw: unknown): unknown {
    const row = this.operation.row.safeParse(raw);
    assert.ok(row.success, `\`${this.name}.row\` rejects a documented row: ${row.error?.message ?? ""}`);
    return row.data;
  }

  map(row: unknown): object {
    return this.operation.map(row, { partition: this.partition });
  }

  /** Returns the record or the summary that the engine creates from a row. */
  recordOf(raw: unknown): object {
    return this.complete(this.map(this.parse(raw)), raw);
  }

  /** Returns the record or the summary that the engine creates from a mapped row. */
  complete(mapped: object, raw: unknown): object {
    const { id: provider, account } = this.provider;
    // Fields that a record does not have are kept, so that the schema reports them.
    if (this.name !== "usage") return { ...mapped, ...callRecordOf(provider, account, mapped as MappedCall, raw) };
    return {
      provider,
      account,
      application: this.partition.application,
      from: new Date(0),
      to: new Date(1),
      source: "vendor",
      calls: null,
      talkSeconds: null,
      answeredWithoutDuration: null,
      complete: true,
      ...mapped,
      // A vendor's count has no unclassified minutes.
      minutes:
        "minutes" in mapped && typeof mapped.minutes === "object" && mapped.minutes !== null
          ? { unclassified: null, ...mapped.minutes }
          : null,
      raw: [raw],
    };
  }

  /** Asserts that a record or a summary is valid, also as JSON. */
  assertValid(record: object, what: string): void {
    const schema = this.name === "usage" ? usageSummarySchema : callRecordSchema;
    for (const [value, fault] of [
      [record, `is not mapped to a valid value of \`${this.name}\``],
      [JSON.parse(JSON.stringify(record)), "is mapped to a value that JSON does not preserve"],
    ] as const)
      assert.deepEqual(
        assertMatches(schema, value, `${what} ${fault}`),
        record,
        `${what} ${fault}: keys that are not in the schema, or values that change`,
      );
    if (this.name !== "usage") assertFieldsAgree(callRecordSchema.parse(record), `${what} in \`${this.name}\``);
  }
}
