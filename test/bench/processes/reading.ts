import { AccountSession } from "../../../src/engine/account/account-session.js";
import { systemClock } from "../../../src/engine/account/system-clock.js";
import { LocalRateLimiter } from "../../../src/engine/account/rate-limiter.js";
import { MemoryTokenStore, Tokens } from "../../../src/engine/account/tokens.js";
import { callRecordOf } from "../../../src/contract/call-record-of.js";
import { readResponse } from "../../../src/engine/http/http-message.js";
import { decodeUtf8 } from "../../../src/engine/http/utf8.js";
import { RowReader } from "../../../src/engine/lists/row-reader.js";
// The built package does not export these parts, and two copies of the library must not be mixed, so everything is imported from the sources.
import { type BuiltInProvider, CallRecordsClient, huaweiCec, itniotech, tencentCcc } from "../../../src/index.js";
import { type EmulatedVendors, unpacedProviders } from "../emulated.js";
import { serve } from "../process.js";
import { RecordedPages } from "../recorded-pages.js";
import type { Span } from "../span.js";

/** A range of one account, whose pages are read repeatedly. */
export interface PageReading {
  vendors: EmulatedVendors;
  account: string;
  range: Span;
}

/** The CPU time for all pages in milliseconds, by round: parsed as plain JSON, and read into records. */
export interface PagesRead {
  rows: number;
  bytes: number;
  rounds: { parseMs: number; readMs: number }[];
}

const ROUNDS = 7;
const WARM_UP_ROUNDS = 2;
/** The duration of a round for each of the two. */
const ROUND_MS = 200;

/** Returns the function of a client that reads the bytes of a response into records. */
function readerOf(provider: BuiltInProvider, transport: RecordedPages): (bytes: Buffer) => unknown[] {
  const session = new AccountSession(provider, {
    transport,
    clock: systemClock,
    rateLimiter: new LocalRateLimiter(systemClock),
    tokens: new Tokens(new MemoryTokenStore(), systemClock),
    timeoutMs: 30_000,
    attempts: 1,
    random: Math.random,
    emit: () => undefined,
  });
  const { id, account, operations } = provider;
  const [partition] = operations.records.partitions({});
  if (partition === undefined) throw new TypeError("This account has no list of records.");
  const reader = new RowReader(session, operations.records, "throw");
  return (bytes) => {
    const { response } = readResponse({ status: 200, headers: {}, text: decodeUtf8(bytes) });
    const rows = reader.readPage(response, null).rows ?? [];
    return rows.map((raw) => {
      const row = reader.readRow(raw, partition, null, null);
      return row.unreadable ? null : callRecordOf(id, account, row.value, raw);
    });
  };
}

/** Returns the mean CPU time of some work in milliseconds. The work is repeated for the duration of a round. */
function cpuMs(work: () => void): number {
  const began = process.cpuUsage();
  const until = performance.now() + ROUND_MS;
  let times = 0;
  for (; performance.now() < until; times += 1) work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000 / times;
}

serve(async ({ vendors, account, range }: PageReading): Promise<PagesRead> => {
  const provider = unpacedProviders(vendors, { tencentCcc, huaweiCec, itniotech }).find(
    (one) => one.account === account,
  );
  if (provider === undefined) throw new TypeError(`There is no account ${account}.`);
  const pages = new RecordedPages();
  const client = new CallRecordsClient({ providers: [provider], transport: pages });
  let rows = 0;
  // Records are not kept, because V8 would otherwise adapt its garbage collection to long-lived records.
  for await (const record of client.records(range)) rows += Number(record.account === account);
  await client.close();
  const read = readerOf(provider, pages);
  // The usual hand-written way to parse. The library decodes the bytes in its own way.
  const parseAll = () => {
    for (const bytes of pages.bodies) JSON.parse(bytes.toString());
  };
  const readAll = () => {
    rows = 0;
    for (const bytes of pages.bodies) rows += read(bytes).length;
  };
  const rounds = Array.from({ length: WARM_UP_ROUNDS + ROUNDS }, () => ({
    parseMs: cpuMs(parseAll),
    readMs: cpuMs(readAll),
  }));
  const bytes = pages.bodies.reduce((sum, body) => sum + body.byteLength, 0);
  return { rows, bytes, rounds: rounds.slice(WARM_UP_ROUNDS) };
});
