import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  CheckpointError,
  type CheckpointStore,
  type JsonValue,
  MemoryCheckpointStore,
  type SyncBatch,
  type SyncStream,
} from "call-records";
import { fromParts } from "../../src/engine/checkpoints/checkpoint.js";
import { DAY, NOW, openEmulator } from "../client/stage.js";
import { SEARCH } from "../search.js";
import { HUAWEI_WINDOW_MS, idsIn, openDailyClient } from "./daily-windows.js";

const ACCOUNTS = ["huawei-cec", "itniotech"];
/** The start of a short range, because each of its windows needs several requests. */
const FROM = new Date(NOW - 7 * DAY);

/** The outcome of a batch. `afterRounds` counts the rounds of reading ahead since it arrived. */
type Outcome =
  | { type: "commit"; afterRounds: number }
  /** The store fails, either before or after saving the batch. The consumer may retry the commit. */
  | { type: "fail"; isSaved: boolean; isRetried: boolean }
  | { type: "skip" };

/** One pass of a consumer that reads ahead. */
interface Pass {
  /** The number of concurrent `next()` calls in a round, before any commit. */
  ahead: number;
  /** The outcomes of the batches in order, repeated cyclically. */
  outcomes: Outcome[];
  /** Whether the commits of a round run concurrently. */
  atOnce: boolean;
  /** Whether the commits of a round are in reverse order. */
  reversed: boolean;
  /** After how many rounds the loop is left or the process is killed. With null, the consumer reads to the end. */
  ending: { type: "leave" | "kill"; afterRounds: number } | null;
}

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("commit" as const), afterRounds: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("fail" as const), isSaved: fc.boolean(), isRetried: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.constant<Outcome>({ type: "skip" }) },
);

const pass: fc.Arbitrary<Pass> = fc.record({
  ahead: fc.integer({ min: 1, max: 6 }),
  outcomes: fc.array(outcome, { minLength: 1, maxLength: 12 }),
  atOnce: fc.boolean(),
  reversed: fc.boolean(),
  ending: fc.option(fc.record({ type: fc.constantFrom("leave" as const, "kill" as const), afterRounds: fc.nat(8) })),
});

/**
 * A store that saves asynchronously, fails on request, and can be copied in the state that a killed process leaves. It expects that the saves of an
 * account do not overlap, and that each of them leaves a valid checkpoint.
 */
class SlowStore implements CheckpointStore {
  private failing: { isSaved: boolean } | null = null;
  private readonly saving = new Set<string>();

  constructor(private readonly saved = new MemoryCheckpointStore()) {}

  failNext(isSaved: boolean): void {
    this.failing = { isSaved };
  }

  load(account: string) {
    return this.saved.load(account);
  }

  lock(account: string) {
    return this.saved.lock(account);
  }

  async save(account: string, changes: Readonly<Record<string, JsonValue | null>>): Promise<void> {
    const { failing } = this;
    this.failing = null;
    expect(this.saving, "saved twice at once").not.toContain(account);
    this.saving.add(account);
    await new Promise(setImmediate);
    if (failing?.isSaved !== false) await this.saved.save(account, changes);
    fromParts(await this.saved.load(account), { id: account, account });
    this.saving.delete(account);
    if (failing !== null) throw new Error("The store has failed.");
  }

  async copy(): Promise<SlowStore> {
    const copy = new MemoryCheckpointStore();
    for (const account of ACCOUNTS) await copy.save(account, await this.saved.load(account));
    return new SlowStore(copy);
  }
}

/** A consumer that stores the changes of a batch when it commits it. */
class Consumer {
  /** Calls of batches whose commit has resolved. */
  readonly committed = new Set<string>();
  /** Calls whose commit failed although the store saved them. They may or may not be delivered again. */
  readonly uncertain = new Set<string>();
  private held: { batch: SyncBatch; outcome: Outcome; rounds: number }[] = [];
  private count = 0;
  /** The calls that were committed when each account's last batch was requested. The next batch is compared with at least these calls. */
  private readonly committedBefore = new Map<string, ReadonlySet<string>>();

  constructor(private store: SlowStore) {}

  async read(stream: SyncStream, { ahead, outcomes, atOnce, reversed, ending }: Pass): Promise<SlowStore> {
    this.held = [];
    for (const account of ACCOUNTS) this.committedBefore.set(account, new Set(this.committed));
    const iterator = stream[Symbol.asyncIterator]();
    for (let round = 0; ; round += 1) {
      if (ending?.afterRounds === round) {
        const store = ending.type === "kill" ? await this.store.copy() : this.store;
        // Later saves of the killed process affect only its old store.
        await iterator.return();
        this.store = store;
        return store;
      }
      const committed = new Set(this.committed);
      const results = await Promise.allSettled(Array.from({ length: ahead }, () => iterator.next()));
      for (const result of results) {
        if (result.status === "rejected") this.checkEnd(result.reason);
        else if (result.value.done !== true) this.take(result.value.value, committed, outcomes);
      }
      this.checkReport(stream);
      if (results.some((result) => result.status === "rejected" || result.value.done === true)) return this.store;
      await this.commitDue(atOnce, reversed);
      this.checkReport(stream);
    }
  }

  private take(batch: SyncBatch, committed: ReadonlySet<string>, outcomes: readonly Outcome[]): void {
    const repeated = idsIn(batch).filter(
      (id) => this.committedBefore.get(batch.account)?.has(id) === true && !this.uncertain.has(id),
    );
    this.committedBefore.set(batch.account, committed);
    expect(repeated, "committed before and delivered again").toEqual([]);
    this.held.push({ batch, outcome: outcomes[this.count % outcomes.length] ?? { type: "skip" }, rounds: 0 });
    this.count += 1;
  }

  private async commitDue(atOnce: boolean, reversed: boolean): Promise<void> {
    const due = this.held.filter(
      ({ outcome, rounds }) => outcome.type === "fail" || (outcome.type === "commit" && outcome.afterRounds <= rounds),
    );
    this.held = this.held
      .filter((batch) => !due.includes(batch))
      .map((batch) => ({ ...batch, rounds: batch.rounds + 1 }));
    if (reversed) due.reverse();
    // The store fails the next save, so the failing commits must not run concurrently with others.
    const failing = due.filter(({ outcome }) => outcome.type === "fail");
    const others = due.filter(({ outcome }) => outcome.type !== "fail");
    if (atOnce) await Promise.all(others.map(({ batch }) => this.commit(batch)));
    else for (const { batch } of others) await this.commit(batch);
    for (const { batch, outcome } of failing) if (outcome.type === "fail") await this.fail(batch, outcome);
  }

  private async commit(batch: SyncBatch): Promise<void> {
    await batch.commit();
    for (const id of idsIn(batch)) this.committed.add(id);
  }

  private async fail(
    batch: SyncBatch,
    { isSaved, isRetried }: { isSaved: boolean; isRetried: boolean },
  ): Promise<void> {
    this.store.failNext(isSaved);
    await expect(batch.commit()).rejects.toThrow("The store has failed.");
    if (isRetried) await this.commit(batch);
    else if (isSaved) for (const id of idsIn(batch)) this.uncertain.add(id);
  }

  private checkEnd(error: unknown): void {
    if (!(error instanceof CheckpointError)) throw error;
    expect(error.message).toMatch(/^sync: \d+ of \d+ batches were not committed/);
  }

  /** Expects that all calls in the reported coverage are committed. */
  private checkReport(stream: SyncStream): void {
    for (const { account, coverage, unsettled } of stream.report().accounts) {
      for (const { id, at } of HISTORY[account] ?? []) {
        const isReported = [...coverage, ...unsettled].some(
          ({ from, to }) => Date.parse(from) <= at && at < Date.parse(to),
        );
        if (isReported && !this.uncertain.has(id)) expect(this.committed, "reported but not committed").toContain(id);
      }
    }
  }
}

interface Call {
  id: string;
  at: number;
}

/** Calls at and next to the bounds of windows, where two windows contain them, and in the middle of windows. */
const HISTORY: Record<string, Call[]> = {
  "huawei-cec": callsAround("h", HUAWEI_WINDOW_MS, 1),
  itniotech: callsAround("i", DAY - 1000, 1000),
};

function callsAround(prefix: string, windowMs: number, unitMs: number): Call[] {
  const bounds = Array.from({ length: 6 }, (_, index) => FROM.getTime() + index * windowMs);
  return bounds
    .flatMap((bound) => [bound - unitMs, bound, bound + unitMs, bound + windowMs / 2])
    .map(Math.floor)
    .filter((at) => at >= FROM.getTime() && at < NOW - HUAWEI_WINDOW_MS)
    .map((at, index) => ({ id: `${prefix}${index}`, at }));
}

describe("a consumer that reads ahead and commits some batches in any order", () => {
  let client: ReturnType<typeof openDailyClient>;
  beforeAll(async () => {
    const calls = Object.fromEntries(
      Object.entries(HISTORY).map(([vendor, own]) => [
        vendor,
        own.map(({ id, at }) => ({ id, startedAt: new Date(at), endedAt: new Date(at + 30_000) })),
      ]),
    );
    client = openDailyClient(
      await openEmulator({
        callsPerDay: 0,
        activeCalls: 0,
        windowEdges: { start: "inclusive", end: "inclusive" },
        calls,
      }),
    );
  });

  it("receives every call, and no committed call again", { timeout: 110_000 }, async () => {
    const all = Object.values(HISTORY)
      .flatMap((calls) => calls.map(({ id }) => id))
      .sort();
    await fc.assert(
      fc.asyncProperty(fc.array(pass, { minLength: 1, maxLength: 4 }), async (passes) => {
        let store = new SlowStore();
        const consumer = new Consumer(store);
        for (const options of passes) store = await consumer.read(client.sync({ from: FROM, store }), options);
        const left: string[] = [];
        await client.sync({ from: FROM, store }).forEach((batch) => left.push(...idsIn(batch)));
        // The last pass does not read ahead, so each call is delivered once.
        expect(new Set(left).size).toBe(left.length);
        expect(left.filter((id) => consumer.committed.has(id) && !consumer.uncertain.has(id))).toEqual([]);
        const received = new Set([...consumer.committed, ...consumer.uncertain, ...left]);
        expect([...received].sort()).toEqual(all);
        for (const { coverage } of await client.coverage(store)) expect(coverage[0]?.from).toBe(FROM.toISOString());
        const again: string[] = [];
        await client.sync({ from: FROM, store }).forEach((batch) => again.push(...idsIn(batch)));
        expect(again).toEqual([]);
      }),
      { numRuns: SEARCH.commits },
    );
  });
});
