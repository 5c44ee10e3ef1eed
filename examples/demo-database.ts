import { rmSync } from "node:fs";
import { type Kysely, sql } from "kysely";
import type { CallRecordsClient } from "call-records";
import { sqlDestination } from "call-records/sql";
import { openSqlite } from "./open-sqlite.js";

/** Questions about the calls, each with its query. docs/sql.md contains more, for three databases. */
const QUESTIONS = {
  "Answer rate by day, of inbound calls": `
    select day, sum(offered) as offered, sum(answered) as answered,
      round(100.0 * sum(answered) / nullif(sum(offered), 0), 1) as answered_percent
    from call_metrics_daily group by day order by day desc limit 5`,
  "Longest waits": `
    select started_at, account, customer_number, queue_name, outcome, wait_seconds
    from call_records where direction = 'inbound' and wait_seconds is not null
    order by wait_seconds desc limit 5`,
  "Agents with the most talk time": `
    select account, agent_name, count(*) as calls, sum(talk_seconds) / 60 as talk_minutes
    from call_records where outcome = 'answered' and agent_id is not null
    group by account, agent_id, agent_name order by talk_minutes desc limit 5`,
};

/** Copies the calls to a new file of SQLite, and prints the results of some queries. */
export async function showDatabase(client: CallRecordsClient, path: string, from: Date): Promise<void> {
  rmSync(path, { force: true });
  const db = openSqlite(path);
  try {
    const destination = sqlDestination(db);
    await destination.migrate();
    const { inserted } = await client.syncTo(destination, { from });
    console.log(`Database: ${inserted} calls in ${path}`);
    for (const [question, query] of Object.entries(QUESTIONS)) {
      console.log(question);
      console.table(await rowsOf(db, query));
    }
  } finally {
    await db.destroy();
  }
}

async function rowsOf(db: Kysely<unknown>, query: string): Promise<unknown[]> {
  return (await sql.raw(query).execute(db)).rows;
}
