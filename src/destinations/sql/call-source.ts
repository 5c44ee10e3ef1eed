import { type Kysely, sql } from "kysely";
import { ruleOf } from "../../adapter.js";
import { unescapeId } from "../../columns/storable-text.js";
import {
  type CallRecord,
  callRecordSchema,
  CheckpointError,
  type CheckpointParts,
  type ReadCall,
} from "../../index.js";
import { callTable } from "./call-tables.js";
import { CallReader } from "./call-reader.js";
import { toParts } from "./checkpoint-text.js";
import { type Database, qualified } from "./database.js";
import { describeDatabase } from "./describe-database.js";
import { checkVersion } from "./migrate.js";
import { withRetries } from "./with-retries.js";

/** An account of which the database has calls or a checkpoint. */
export interface StoredAccount {
  account: string;
  /** The provider of its calls; null where there are none. */
  provider: string | null;
  /** Empty where it has no checkpoint. */
  parts: CheckpointParts;
}

/** Reads stored calls and checkpoints. It takes no lease and writes nothing, so a sync may run meanwhile, and the user needs no right to write. */
export class CallSource {
  private constructor(private readonly database: Database) {}

  /** @throws CheckpointError when there are no tables of this version, or for a failure of the database. */
  static open<Schema>(db: Kysely<Schema>): Promise<CallSource> {
    return withRetries(null, async () => {
      const database = await describeDatabase(db, null);
      await checkVersion(database);
      return new CallSource(database);
    });
  }

  /** Returns the accounts, by their labels in alphabetical order. */
  async accounts(): Promise<StoredAccount[]> {
    const { db } = this.database;
    return withRetries(null, async () => {
      const calls = await sql<{
        account: string;
        provider: string;
      }>`select account, min(provider) as provider from ${sql.raw(qualified(this.database, callTable.name))} group by account`.execute(
        db,
      );
      const parts = await db.selectFrom("call_sync_checkpoints").select(["account", "name", "value"]).execute();
      const providers = new Map(calls.rows.map(({ account, provider }) => [account, provider]));
      const partsOf = new Map<string, typeof parts>();
      for (const part of parts) {
        const own = partsOf.get(part.account);
        if (own === undefined) partsOf.set(part.account, [part]);
        else own.push(part);
      }
      return [...new Set([...providers.keys(), ...partsOf.keys()])]
        .map((account) => ({
          account: unescapeId(account),
          provider: providers.get(account) ?? null,
          parts: toParts(partsOf.get(account) ?? []),
        }))
        .sort((one, other) => (one.account < other.account ? -1 : 1));
    });
  }

  /**
   * Reads the calls of an account that started in `[from, to)`, without legs, recordings and the vendor's row. Calls that the vendor no longer lists, as an audit
   * has marked them, are left out.
   * @throws CheckpointError when a stored call is not valid, or for a failure of the database.
   */
  async *calls(account: string, range: { from: Date; to: Date }): AsyncGenerator<CallRecord, void, undefined> {
    const reader = new CallReader(this.database, account, (query) => withRetries(account, query));
    for await (const call of reader.withoutParts(range)) if (call.delistedAt === null) yield toRecord(call);
  }
}

const NO_AGENT = { id: null, name: null, email: null, phone: null, groupId: null, groupName: null };
const NO_PARTY = { number: null, e164: null, displayNumber: null, protectedId: null, region: null };

/** Returns a call with the fields that the tables do not have as null. */
function toRecord(call: ReadCall): CallRecord {
  const complete = <Part extends object, Fields extends object>(part: Part | null | undefined, fields: Fields) =>
    part == null ? null : { ...fields, ...part };
  const { success, data, error } = callRecordSchema.safeParse({
    ...call,
    caller: complete(call.caller, NO_PARTY),
    callee: complete(call.callee, NO_PARTY),
    customer: complete(call.customer, NO_PARTY),
    line: complete(call.line, NO_PARTY),
    agent: complete(call.agent, NO_AGENT),
    legs: [],
    recordings: [],
  });
  if (success) return data;
  const [issue] = error.issues;
  throw new CheckpointError(
    `${call.account}: the stored call ${call.id} is not valid: \`${issue?.path.join(".") ?? ""}\`: ${issue === undefined ? "" : ruleOf(issue)}. Repair it with \`auditDestination\`.`,
    { account: call.account },
  );
}
