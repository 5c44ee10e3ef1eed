import { type Kysely, sql } from "kysely";
import { CheckpointError } from "../../index.js";
import { hashOf } from "../../privacy/index.js";
import { type Database, qualified, type Tables } from "./database.js";
import { chunksOf } from "./call-ids.js";

type Key = string | Uint8Array;

/** The text whose hash shows whether two keys are the same. No number has it. */
const CHECKED = "call-records forgotten customers";

/**
 * Returns the key of the hashes of forgotten customers; null where nobody was forgotten.
 * @throws CheckpointError when there is no key, or another one.
 */
export async function forgottenKeyOf(db: Kysely<Tables>, key: Key | null): Promise<Key | null> {
  const row = await db.selectFrom("call_forgotten").select("key_check").limit(1).executeTakeFirst();
  if (row === undefined) return null;
  if (key !== null && hashOf(CHECKED, key) === row.key_check) return key;
  throw new CheckpointError(
    `Customers were forgotten in this database with ${key === null ? "a" : "another"} key. Without it, an update from the vendor would restore them. Set the option \`forgetKey\` of \`sqlDestination\` to that key (default: that of \`mask\`).`,
  );
}

/** Returns those of the hashes that are stored. */
export async function storedHashes(db: Kysely<Tables>, hashes: readonly string[]): Promise<Set<string>> {
  const stored = new Set<string>();
  for (const some of chunksOf(hashes))
    for (const { hash } of await db.selectFrom("call_forgotten").select("hash").where("hash", "in", some).execute())
      stored.add(hash);
  return stored;
}

/** Stores hashes that are not stored yet. @throws CheckpointError when others were stored with another key. */
export async function storeHashes(
  db: Kysely<Tables>,
  database: Database,
  hashes: readonly string[],
  key: Key,
): Promise<void> {
  await forgottenKeyOf(db, key);
  const stored = await storedHashes(db, hashes);
  const check = hashOf(CHECKED, key);
  const target = sql.raw(qualified(database, "call_forgotten"));
  const now = sql.raw(database.dialect.now);
  for (const some of chunksOf(hashes.filter((hash) => !stored.has(hash)))) {
    const rows = sql.join(some.map((hash) => sql`(${hash}, ${check}, ${now})`));
    await sql`insert into ${target} (hash, key_check, forgotten_at) values ${rows}`.execute(db);
  }
}
