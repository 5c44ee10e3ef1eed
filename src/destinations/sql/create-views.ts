import { type Kysely, sql } from "kysely";
import { type Database, qualified, type Tables } from "./database.js";

/** Creates or replaces the views: a start for own queries. */
export async function createViews(db: Kysely<Tables>, database: Database): Promise<void> {
  for (const [name, query] of Object.entries(viewsOf(database))) {
    const view = qualified(database, name);
    await sql.raw(`drop view if exists ${view}`).execute(db);
    await sql.raw(`create view ${view} as ${query}`).execute(db);
  }
}

function viewsOf(database: Database): Record<string, string> {
  const calls = qualified(database, "call_records");
  const day = { PostgreSQL: "cast(started_at at time zone 'UTC' as date)", SQLite: "date(started_at)" };
  const date =
    database.dialect.name === "PostgreSQL" || database.dialect.name === "SQLite"
      ? day[database.dialect.name]
      : "date(started_at)";
  const count = (condition: string) => `sum(case when ${condition} then 1 else 0 end)`;
  // The definitions of docs/sql.md: what a caller experienced as an offered call.
  const offered = "direction = 'inbound' and outcome not in ('self-service', 'blocked', 'out-of-hours')";
  return {
    call_metrics_daily: `
select account, ${date} as day,
  ${count(offered)} as offered,
  ${count("direction = 'inbound' and outcome = 'answered'")} as answered,
  ${count("direction = 'inbound' and outcome = 'abandoned'")} as abandoned,
  ${count("direction = 'outbound'")} as outbound_attempts,
  ${count("direction = 'outbound' and outcome = 'answered'")} as outbound_connected,
  sum(case when outcome = 'answered' then talk_seconds end) as talk_seconds,
  avg(case when direction = 'inbound' and outcome = 'answered' then wait_seconds end) as average_wait_seconds
from ${calls}
where state = 'ended' and delisted_at is null
group by account, ${date}`,
    call_missed: `
select *
from ${calls}
where state = 'ended' and delisted_at is null and ${offered} and outcome <> 'answered'`,
  };
}
