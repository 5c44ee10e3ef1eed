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
/** Few windows, as each of them is several requests. */
const FROM = new Date(NOW - 7 * DAY);

/** What becomes of a batch, so many rounds of reading ahead after it has come. */
type Outcome =
  | { type: "commit"; afterRounds: number }
  /** The store fails, and has saved it or not; the consumer tries again, or gives the batch up. */
  | { type: "fail"; isSaved: boolean; isTriedAgain: boolean }
  | { type: "skip" };

/** One pass of a consumer that reads ahead. */
interface Pass {
  /** Calls of `next()` at once, before anything is committed. */
  ahead: number;
  /** Of the batches in turn, over and over. */
  outcomes: Outcome[];
  /** Whether the commits of a round are asked for at once, and in reverse. */
  atOnce: boolean;
  reversed: boolean;
  /** After so many rounds the loop is left, or its process killed; null: it reads to the end. */
  ending: { type: "leave" | "kill"; afterRounds: number } | null;
}

const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("commit" as const), afterRounds: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("fail" as const), isSaved: fc.boolean(), isTriedAgain: fc.boolean() }),
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

/** Saves late, fails where it is told to, and can be copied as a process that is killed leaves it. Each save of an account is whole, and ends before the next. */
class SlowStore implements CheckpointStore {
  private failing: { isSaved: boolean } | null = null;
  private readonly saving = new Set<string>();

  constructor(private readonly kept = new MemoryCheckpointStore()) {}

  failNext(isSaved: boolean): void {
    this.failing = { isSaved };
  }

  load(account: string) {
    return this.kept.load(account);
  }

  lock(account: string) {
    return this.kept.lock(account);
  }

  async save(account: string, changes: Readonly<Record<string, JsonValue | null>>): Promise<void> {
    const { failing } = this;
    this.failing = null;
    expect(this.saving, "saved twice at once").not.toContain(account);
    this.saving.add(account);
    await new Promise(setImmediate);
    if (failing?.isSaved !== false) await this.kept.save(account, changes);
    fromParts(await this.kept.load(account), { id: account, account });
    this.saving.delete(account);
    if (failing !== null) throw new Error("The store has failed.");
  }

  async copy(): Promise<SlowStore> {
    const copy = new MemoryCheckpointStore();
    for (const account of ACCOUNTS) await copy.save(account, await this.kept.load(account));
    return new SlowStore(copy);
  }
}

/** A consumer that stores the changes of a batch when it commits it. */
class Consumer {
  /** Calls of batches whose commit has resolved. */
  readonly committed = new Set<string>();
  /** Calls whose commit has failed, although the store may have saved it: nobody can know whether they come again. */
  readonly uncertain = new Set<string>();
  private held: { batch: SyncBatch; outcome: Outcome; rounds: number }[] = [];
  private count = 0;
  /** Of each account: what was committed when its last batch was asked for. The next one is compared with that, or with what was committed later. */
  private readonly known = new Map<string, ReadonlySet<string>>();

  constructor(private store: SlowStore) {}

  async read(stream: SyncStream, { ahead, outcomes, atOnce, reversed, ending }: Pass): Promise<SlowStore> {
    this.held = [];
    for (const account of ACCOUNTS) this.known.set(account, new Set(this.committed));
    const iterator = stream[Symbol.asyncIterator]();
    for (let round = 0; ; round += 1) {
      if (ending?.afterRounds === round) {
        const store = ending.type === "kill" ? await this.store.copy() : this.store;
        // What a killed process would have done later reaches its old store only.
        await iterator.return();
        this.store = store;
        return store;
      }
      const known = new Set(this.committed);
      const results = await Promise.allSettled(Array.from({ length: ahead }, () => iterator.next()));
      for (const result of results) {
        if (result.status === "rejected") this.checkEnd(result.reason);
        else if (result.value.done !== true) this.take(result.value.value, known, outcomes);
      }
      this.checkReport(stream);
      if (results.some((result) => result.status === "rejected" || result.value.done === true)) return this.store;
      await this.commitDue(atOnce, reversed);
      this.checkReport(stream);
    }
  }

  private take(batch: SyncBatch, known: ReadonlySet<string>, outcomes: readonly Outcome[]): void {
    const again = idsIn(batch).filter(
      (id) => this.known.get(batch.account)?.has(id) === true && !this.uncertain.has(id),
    );
    this.known.set(batch.account, known);
    expect(again, "committed before, and come again").toEqual([]);
    this.held.push({ batch, outcome: outcomes[this.count % outcomes.length] ?? { type: "skip" }, rounds: 0 });
    this.count += 1;
  }

  private async commitDue(atOnce: boolean, reversed: boolean): Promise<void> {
    const due = this.held.filter(
      ({ outcome, rounds }) => outcome.type === "fail" || (outcome.type === "commit" && outcome.afterRounds <= rounds),
    );
    this.held = this.held.filter((one) => !due.includes(one)).map((one) => ({ ...one, rounds: one.rounds + 1 }));
    if (reversed) due.reverse();
    // One that fails must be the next save of the store.
    const failing = due.filter((one) => one.outcome.type === "fail");
    const others = due.filter((one) => one.outcome.type !== "fail");
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
    { isSaved, isTriedAgain }: { isSaved: boolean; isTriedAgain: boolean },
  ): Promise<void> {
    this.store.failNext(isSaved);
    await expect(batch.commit()).rejects.toThrow("The store has failed.");
    if (isTriedAgain) await this.commit(batch);
    else if (isSaved) for (const id of idsIn(batch)) this.uncertain.add(id);
  }

  private checkEnd(error: unknown): void {
    if (!(error instanceof CheckpointError)) throw error;
    expect(error.message).toMatch(/^sync: \d+ of \d+ batches were not committed/);
  }

  /** What is called covered is committed. */
  private checkReport(stream: SyncStream): void {
    for (const { account, coverage, unsettled } of stream.report().accounts) {
      for (const { id, at } of HISTORY[account] ?? []) {
        const isClaimed = [...coverage, ...unsettled].some(
          ({ from, to }) => Date.parse(from) <= at && at < Date.parse(to),
        );
        if (isClaimed && !this.uncertain.has(id)) expect(this.committed, "claimed, and not committed").toContain(id);
      }
    }
  }
}

interface Call {
  id: string;
  at: number;
}

/** Calls around the bounds of windows, where two windows hold them, and between. */
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

describe("a consumer that reads ahead, and commits some batches, in any order", () => {
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

  it("has every call, and never again what was committed", { timeout: 110_000 }, async () => {
    const all = Object.values(HISTORY)
      .flatMap((calls) => calls.map(({ id }) => id))
      .sort();
    await fc.assert(
      fc.asyncProperty(fc.array(pass, { minLength: 1, maxLength: 4 }), async (passes) => {
        let store = new SlowStore();
        const consumer = new Consumer(store);
        for (const one of passes) store = await consumer.read(client.sync({ from: FROM, store }), one);
        const left: string[] = [];
        await client.sync({ from: FROM, store }).forEach((batch) => left.push(...idsIn(batch)));
        // In one account's last pass, nothing is read ahead: each comes once.
        expect(new Set(left).size).toBe(left.length);
        expect(left.filter((id) => consumer.committed.has(id) && !consumer.uncertain.has(id))).toEqual([]);
        const kept = new Set([...consumer.committed, ...consumer.uncertain, ...left]);
        expect([...kept].sort()).toEqual(all);
        for (const { coverage } of await client.coverage(store)) expect(coverage[0]?.from).toBe(FROM.toISOString());
        const again: string[] = [];
        await client.sync({ from: FROM, store }).forEach((batch) => again.push(...idsIn(batch)));
        expect(again).toEqual([]);
      }),
      { numRuns: SEARCH.commits },
    );
  });
});
