import { type Kysely, sql } from "kysely";
import { type Database, qualified, type Tables } from "./database.js";
import type { SqlDialect } from "./dialect.js";

/** Creates or replaces the views. docs/sql.md defines their columns. */
export async function createViews(db: Kysely<Tables>, database: Database): Promise<void> {
  for (const [name, query] of Object.entries(viewsOf(database))) {
    const view = qualified(database, name);
    // A user who may only create views needs no right to remove them the first time.
    if (await exists(db, database, name)) await sql.raw(`drop view ${view}`).execute(db);
    await sql.raw(`create view ${view} as ${query}`).execute(db);
  }
}

async function exists(db: Kysely<Tables>, { dialect, schema }: Database, view: string): Promise<boolean> {
  if (dialect.name === "SQLite") {
    const master = schema === null ? sql.table("sqlite_master") : sql.id(schema, "sqlite_master");
    const { rows } = await sql`select 1 from ${master} where type = 'view' and name = ${view}`.execute(db);
    return rows.length > 0;
  }
  const current = dialect.name === "PostgreSQL" ? sql`current_schema()` : sql`database()`;
  const { rows } =
    await sql`select 1 from information_schema.tables where table_type = 'VIEW' and table_name = ${view} and table_schema = coalesce(${schema}, ${current})`.execute(
      db,
    );
  return rows.length > 0;
}

/** The day in UTC: PostgreSQL would otherwise take the time zone of the connection. The times of the other databases are in UTC. */
const DAYS: Record<SqlDialect["name"], string> = {
  PostgreSQL: "cast(started_at at time zone 'UTC' as date)",
  MySQL: "date(started_at)",
  MariaDB: "date(started_at)",
  SQLite: "date(started_at)",
};

/** The calls that are counted: those that have ended, and that the vendor still lists. */
const COUNTED = "state = 'ended' and delisted_at is null and direction <> 'internal'";
/** An outcome may be null. Such a call was offered, and nobody answered it. */
const OFFERED = withoutOutcomes("self-service", "blocked", "out-of-hours");
const MISSED = withoutOutcomes("self-service", "blocked", "out-of-hours", "answered", "abandoned");
const ANSWERED = "direction = 'inbound' and outcome = 'answered'";

function withoutOutcomes(...outcomes: string[]): string {
  const list = outcomes.map((outcome) => `'${outcome}'`).join(", ");
  return `direction = 'inbound' and (outcome is null or outcome not in (${list}))`;
}

function viewsOf(database: Database): Record<string, string> {
  const calls = qualified(database, "call_records");
  const day = DAYS[database.dialect.name];
  const count = (condition: string) => `count(case when ${condition} then 1 end)`;
  return {
    call_metrics_daily: `
select account, ${day} as day,
  ${count(OFFERED)} as offered,
  ${count(ANSWERED)} as answered,
  ${count("direction = 'inbound' and outcome = 'abandoned'")} as abandoned,
  ${count(MISSED)} as missed,
  1.0000 * ${count(ANSWERED)} / nullif(${count(OFFERED)}, 0) as answer_rate,
  avg(case when ${ANSWERED} then wait_seconds end) as average_speed_of_answer_seconds,
  ${count("direction = 'outbound'")} as outbound_attempts,
  ${count("direction = 'outbound' and outcome = 'answered'")} as outbound_connected,
  1.0000 * ${count("direction = 'outbound' and outcome = 'answered'")} / nullif(${count("direction = 'outbound'")}, 0) as outbound_connect_rate,
  sum(case when outcome = 'answered' then talk_seconds end) as talk_seconds,
  ${count("direction = 'unknown'")} as unclassified
from ${calls}
where ${COUNTED}
group by account, ${day}`,
    call_missed: `
select *
from ${calls}
where ${COUNTED} and ${MISSED}`,
  };
}
