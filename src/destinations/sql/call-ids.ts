import { type RawBuilder, sql } from "kysely";
import type { CallKeyParts } from "../../index.js";
import { escapeId } from "../../columns/storable-text.js";

/** The maximum number of ids in one statement. */
const MAX_IDS = 200;

/** Returns the condition that selects calls, or their parts, of one application. @param column the name of the id. */
export function idsIn(column: string, application: string, ids: readonly string[]): RawBuilder<unknown> {
  return sql`application = ${application} and ${sql.raw(column)} in (${sql.join(ids)})`;
}

/** Returns the stored ids of each stored application. */
export function idsByApplication(keys: readonly CallKeyParts[]): Map<string, string[]> {
  return grouped(keys.map(({ application, id }) => ({ application: escapeId(application ?? ""), id: escapeId(id) })));
}

/** Returns the ids of each application. */
export function grouped(keys: readonly { application: string; id: string }[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { application, id } of keys) {
    const group = groups.get(application);
    if (group === undefined) groups.set(application, [id]);
    else group.push(id);
  }
  return groups;
}

/** Returns the ids of each statement. */
export function* chunksOf(ids: readonly string[]): Generator<string[]> {
  for (let start = 0; start < ids.length; start += MAX_IDS) yield ids.slice(start, start + MAX_IDS);
}
