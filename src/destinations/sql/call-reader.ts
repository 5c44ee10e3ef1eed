import { type RawBuilder, sql } from "kysely";
import type { CallKeyParts, ReadCall, StoredCallRange, StoredCallSelection } from "../../index.js";
import { escapeId } from "../../columns/storable-text.js";
import { callTable, legTable, recordingTable } from "./call-tables.js";
import { chunksOf, grouped, idsByApplication, idsIn } from "./call-ids.js";
import { type Database, qualified } from "./database.js";
import {
  callDecoder,
  type DecodedCall,
  type DecodedPart,
  type Decoder,
  legDecoder,
  recordingDecoder,
} from "./decode-call.js";

/** The maximum number of calls that are read at once. */
const PAGE = 500;

/** Reads the stored calls of one account, with their legs and recordings. */
export class CallReader {
  private readonly key: string;
  private readonly calls: Decoder<DecodedCall>;

  /** @param retried does a query, again after a lost connection. */
  constructor(
    private readonly database: Database,
    account: string,
    private readonly retried: <Result>(query: () => Promise<Result>) => Promise<Result>,
  ) {
    this.key = escapeId(account);
    this.calls = callDecoder(account);
  }

  read(selection: StoredCallSelection): AsyncGenerator<ReadCall, void, undefined> {
    return "keys" in selection ? this.byKeys(selection.keys) : this.startedIn(selection);
  }

  /** Reads the calls of a range in order of their start, without their legs and recordings. */
  async *withoutParts(range: StoredCallRange): AsyncGenerator<ReadCall, void, undefined> {
    for await (const page of this.pages(range)) for (const { call } of page) yield call;
  }

  private async *startedIn(range: StoredCallRange): AsyncGenerator<ReadCall, void, undefined> {
    for await (const page of this.pages(range)) yield* await this.retried(() => this.withParts(page));
  }

  /** Reads page by page, each from the last call of the page before, so that no transaction stays open. */
  private async *pages({ from, to }: StoredCallRange): AsyncGenerator<DecodedCall[], void, undefined> {
    const time = (at: Date | string) => this.database.dialect.encode("time", at);
    let last: DecodedCall | undefined;
    do {
      // The first condition lets the database begin at the right place of its index.
      const since = last === undefined ? from : last.startedAt;
      const after =
        last === undefined
          ? sql``
          : sql` and (started_at > ${time(since)} or application > ${last.application} or (application = ${last.application} and id > ${last.id}))`;
      const page: DecodedCall[] = await this.retried(() =>
        this.rows(
          callTable.name,
          this.calls,
          sql`started_at >= ${time(since)} and started_at < ${time(to)}${after} order by started_at, application, id limit ${sql.lit(PAGE)}`,
        ),
      );
      yield page;
      last = page.length < PAGE ? undefined : page.at(-1);
    } while (last !== undefined);
  }

  private async *byKeys(keys: readonly CallKeyParts[]): AsyncGenerator<ReadCall, void, undefined> {
    for (const [application, ids] of idsByApplication(keys))
      for (const some of chunksOf(ids)) {
        const page = await this.retried(() => this.rows(callTable.name, this.calls, idsIn("id", application, some)));
        yield* await this.retried(() => this.withParts(page));
      }
  }

  private async withParts(page: readonly DecodedCall[]): Promise<ReadCall[]> {
    const legs = await this.partsOf(page, legTable.name, legDecoder);
    const recordings = await this.partsOf(page, recordingTable.name, recordingDecoder);
    return page.map(({ call, application, id }) => {
      const place = placeOf(application, id);
      const own = recordings.get(place) ?? [];
      const recordingsAt = (leg: number | null) =>
        own.filter(({ legPosition }) => legPosition === leg).map(({ part }) => part);
      return {
        ...call,
        recordings: recordingsAt(null),
        legs: (legs.get(place) ?? []).map(({ part, position }) => ({ ...part, recordings: recordingsAt(position) })),
      };
    });
  }

  /** Returns the parts of calls in the order of their positions, by application and id. */
  private async partsOf(
    page: readonly DecodedCall[],
    table: string,
    decoder: Decoder<DecodedPart>,
  ): Promise<Map<string, DecodedPart[]>> {
    const parts = new Map<string, DecodedPart[]>();
    for (const [application, ids] of grouped(page))
      for (const some of chunksOf(ids))
        for (const part of await this.rows(table, decoder, idsIn("call_id", application, some))) {
          const place = placeOf(part.application, part.id);
          parts.set(place, [...(parts.get(place) ?? []), part]);
        }
    for (const own of parts.values()) own.sort((one, other) => one.position - other.position);
    return parts;
  }

  private async rows<Decoded>(
    table: string,
    { columns, decode }: Decoder<Decoded>,
    condition: RawBuilder<unknown>,
  ): Promise<Decoded[]> {
    const { db, dialect } = this.database;
    const values = sql.raw<string>(dialect.jsonOf(columns));
    const target = sql.raw(qualified(this.database, table));
    const { rows } = await sql<{
      row: string;
    }>`select ${values} as ${sql.raw(dialect.quote("row"))} from ${target} where account = ${this.key} and ${condition}`.execute(
      db,
    );
    return rows.map(({ row }) => decode(JSON.parse(row) as unknown[]));
  }
}

function placeOf(application: string, id: string): string {
  return JSON.stringify([application, id]);
}
