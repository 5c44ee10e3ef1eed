import { CompiledQuery, type Kysely } from "kysely";
import { beforeAll, describe, expect, it } from "vitest";
import type { CallRecord } from "call-records";
import { sqlDestination } from "call-records/sql";
import { readDocument } from "../../documents.js";
import type { TestDatabase } from "./databases.js";
import * as expected from "./expected-metrics.js";
import { queriedCalls, theCustomer } from "./queried-calls.js";

/** The label of the statements of each database in the documents. */
export const LABELS: Record<string, string> = {
  PGlite: "PostgreSQL",
  PostgreSQL: "PostgreSQL",
  MariaDB: "MySQL and MariaDB",
  SQLite: "SQLite",
};

/** Returns the statements of docs/sql.md under a heading, for one database. A block without a label is for all of them. */
function statementsOf(heading: string, database: string): string[] {
  const { text } = readDocument("docs/sql.md");
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const blocks = [...section.matchAll(/^```sql\n([^]*?)^```$/gm)].map(([, code = ""]) => code);
  return blocks.filter((code) => !code.startsWith("-- ") || code.startsWith(`-- ${LABELS[database]}\n`));
}

type Rows = readonly Record<string, unknown>[];

/** Returns rows as the databases agree on them: some drivers return numbers as text, and days as dates. */
function comparable(rows: Rows): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        if (value instanceof Date) return [name, localDate(value)];
        const isNumber = typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value);
        return [name, isNumber && !name.endsWith("_number") && !name.endsWith("_id") ? Number(value) : value];
      }),
    ),
  );
}

/** Drivers return a date as midnight in the zone of the process. */
function localDate(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

async function run(db: Kysely<unknown>, statement: string): Promise<Record<string, unknown>[]> {
  const { rows } = await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(statement.replace(/;\s*$/, "")));
  return comparable(rows);
}

/** Defines tests that run each statement of docs/sql.md on a database, and compare the rows with the calls. */
export function describeDocumentQueries(database: TestDatabase): void {
  describe(`docs/sql.md on ${database.name}`, () => {
    const db = database.connect();
    const query = async (heading: string) => {
      const statements = statementsOf(heading, database.name);
      expect(statements).toHaveLength(1);
      return run(db, statements[0] ?? "");
    };

    beforeAll(async () => {
      const destination = sqlDestination(db);
      await destination.migrate();
      // Other tests have used the same database.
      for (const table of ["call_records", "call_legs", "call_recordings"]) await run(db, `delete from ${table}`);
      for (const account of new Set(queriedCalls.map((call) => call.account))) {
        const session = await destination.open({ provider: "tencent-ccc", account });
        const calls = queriedCalls.filter((call) => call.account === account);
        await session.write(
          calls.map((record: CallRecord) => ({ type: "new", record })),
          {},
        );
        await session.close();
      }
      await run(db, "update call_records set delisted_at = started_at where id = 'delisted'");
      for (const statement of statementsOf("Queries of a call centre", database.name)) await run(db, statement);
    }, 60_000);

    it("has the metrics of each day", async () => {
      const rows = await run(db, "select * from call_metrics_daily order by account, day");
      const exact = expected.dailyMetrics(queriedCalls);
      expect(exact.length).toBeGreaterThan(3);
      // The databases return different numbers of digits.
      const rounded = (list: Rows) =>
        list.map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([name, value]) => [name, typeof value === "number" ? round(value, 3) : value]),
          ),
        );
      expect(rounded(rows)).toEqual(rounded(exact));
    });

    it("has the missed calls", async () => {
      const rows = await run(db, "select * from call_missed order by id");
      expect(rows.map(({ id }) => id)).toEqual(expected.missedIds(queriedCalls));
      expect(rows[0]).toHaveProperty("customer_e164");
    });

    it.each([
      ["Views", expected.totalsByDay],
      ["Answer rate by hour", expected.answerRateByHour],
      ["Longest waits", expected.longestWaits],
      ["First response to a missed call", expected.firstResponses],
      ["An agent's day", expected.agentsDay],
      ["One customer's journey", (calls: readonly CallRecord[]) => expected.journey(calls, theCustomer)],
    ] as const)("answers: %s", async (heading, expectedRows) => {
      const rows = expectedRows(queriedCalls);
      expect(rows.length).toBeGreaterThan(1);
      expect(await query(heading)).toEqual(rows);
    });
  });
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
