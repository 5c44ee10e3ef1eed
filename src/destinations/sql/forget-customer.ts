import { type Kysely, type RawBuilder, sql } from "kysely";
import { hashOf, hashesOfParty, maskOf } from "../../privacy/index.js";
import { chunksOf } from "./call-ids.js";
import { callTable, legTable } from "./call-tables.js";
import { type Database, qualified, type Tables } from "./database.js";
import { deleteCalls } from "./delete-calls.js";
import { storeHashes } from "./forgotten.js";
import type { PrivacyKeys } from "./stored-form.js";
import type { Row } from "./table.js";

/** A selection of numbers in a table: the column of the number, that of its E.164 number if there is one, and which rows are a customer's. */
interface NumberColumns {
  table: string;
  id: string;
  number: string;
  e164: string | null;
  rows: string;
}

/** The customer of a call without a known direction may be either party. */
const EITHER = "direction not in ('inbound', 'outbound')";
const PLACES: readonly NumberColumns[] = [
  { table: callTable.name, id: "id", number: "customer_number", e164: "customer_e164", rows: "1 = 1" },
  { table: callTable.name, id: "id", number: "caller_number", e164: "caller_e164", rows: EITHER },
  { table: callTable.name, id: "id", number: "callee_number", e164: "callee_e164", rows: EITHER },
  { table: legTable.name, id: "call_id", number: "number", e164: null, rows: "role = 'customer'" },
];

/**
 * Deletes the calls of a customer, and stores the hashes of the number, in one transaction. The transactions of writers end before it, or begin after it and find
 * the hashes.
 * @param identities of the number: see `identitiesOf`.
 * @returns the number of deleted calls.
 */
export function forgetCustomer(
  database: Database,
  identities: readonly string[],
  { mask, forget }: PrivacyKeys & { forget: string | Uint8Array },
): Promise<number> {
  const { db, dialect } = database;
  // The lock of MySQL needs this level. It is the default of the server, which the user may have changed.
  const isMySql = dialect.tableOptions !== "";
  const transactions = isMySql ? db.transaction().setIsolationLevel("repeatable read") : db.transaction();
  return transactions.execute(async (transaction) => {
    await sql.raw(dialect.lockLeases(qualified(database, "call_sync_locks"))).execute(transaction);
    const hashes = identities.map((identity) => hashOf(identity, forget));
    await storeHashes(transaction, database, hashes, forget);
    const e164s = identities.filter((identity) => identity.startsWith("+"));
    const wanted: Wanted = {
      // The E.164 number of a masked call is a mask.
      e164s: mask === null ? e164s : [...e164s, ...e164s.map((e164) => maskOf(e164, mask))],
      isNumber: numberTest(identities, [forget, ...(mask === null ? [] : [mask])]),
    };
    const found = new Map<string, Row>();
    for (const place of PLACES)
      for (const key of await keysIn(transaction, database, place, wanted)) found.set(JSON.stringify(key), key);
    await deleteCalls(transaction, database, [...found.values()]);
    return found.size;
  });
}

interface Wanted {
  e164s: readonly string[];
  /** Whether a stored number is the customer's. */
  isNumber: (number: string) => boolean;
}

/** Returns a test of stored numbers, which may be masked. @param keys of the masks. */
function numberTest(identities: readonly string[], keys: readonly (string | Uint8Array)[]) {
  const [key] = keys;
  const hashes = new Set(keys.flatMap((one) => identities.map((identity) => hashOf(identity, one))));
  return (number: string) => key !== undefined && hashesOfParty(number, null, key).some((hash) => hashes.has(hash));
}

/** Returns the keys of calls with the number in these columns. A number without an E.164 number may have any format, so that all of them are read. */
async function keysIn(
  db: Kysely<Tables>,
  database: Database,
  { table, id, number, e164, rows }: NumberColumns,
  { e164s, isNumber }: Wanted,
): Promise<Row[]> {
  const target = sql.raw(qualified(database, table));
  const select = async (condition: RawBuilder<unknown>) => {
    const found = await sql<{
      account: string;
      application: string;
      call_id: string;
    }>`select distinct account, application, ${sql.raw(id)} as call_id from ${target} where ${sql.raw(rows)} and ${condition}`.execute(
      db,
    );
    return found.rows.map(({ account, application, call_id }) => [account, application, call_id]);
  };
  const keys: Row[] = [];
  if (e164 !== null)
    for (const some of chunksOf(e164s)) keys.push(...(await select(sql`${sql.raw(e164)} in (${sql.join(some)})`)));
  const isUncertain = e164 === null ? sql`${sql.raw(number)} is not null` : sql`${sql.raw(e164)} is null`;
  const written = await sql<{
    number: string | null;
  }>`select distinct ${sql.raw(number)} as number from ${target} where ${sql.raw(rows)} and ${isUncertain}`.execute(db);
  const same = written.rows.flatMap((row) => (row.number !== null && isNumber(row.number) ? [row.number] : []));
  for (const some of chunksOf(same))
    keys.push(...(await select(sql`${isUncertain} and ${sql.raw(number)} in (${sql.join(some)})`)));
  return keys;
}
