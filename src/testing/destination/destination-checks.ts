import assert from "node:assert/strict";
import { CheckpointError, type JsonValue } from "../../index.js";
import { auditChecks } from "./audit-checks.js";
import { HOSTILE_TEXTS, SIMILAR_IDS } from "./hostile-texts.js";
import { AccountUnderTest, changesOf } from "./stored-calls.js";
import type { DestinationSubject } from "./subject.js";

/** A rule for destinations. It fails by throwing. */
export interface DestinationCheck {
  name: string;
  run: () => Promise<void>;
}

/** The maximum number of statements of a write that are made to fail one after the other. */
const MAX_STATEMENTS = 200;
/** A large batch of one window. */
const LARGE_BATCH = 5_000;

/** Returns the rules that every destination must fulfil. */
export function destinationChecks(subject: DestinationSubject): DestinationCheck[] {
  const check = (name: string, run: (account: AccountUnderTest) => Promise<void>): DestinationCheck => ({
    name,
    run: () => run(new AccountUnderTest(subject)),
  });
  return [
    check("has no calls and no checkpoint for a new account", async (account) => {
      assert.deepEqual(await account.withSession((session) => session.load()), {});
      await account.assertStored([]);
    }),
    check("stores calls and checkpoint parts, and returns the parts to the next session", async (account) => {
      const calls = [account.call({ id: "1" }), account.call({ id: "2", direction: "outbound", outcome: "no-answer" })];
      const parts = { head: { version: 1, list: [1, "two", null, true] }, "hashes:0": ["a", "b"] };
      await account.withSession((session) => session.write(changesOf(calls), parts));
      await account.assertStored(calls);
      assert.deepEqual(await account.withSession((session) => session.load()), parts);
    }),
    check("changes only the given parts, and removes those that are null", async (account) => {
      await account.withSession(async (session) => {
        await session.write([], { head: 1, kept: "kept", removed: [1] });
        await session.write([], { head: 2, removed: null, missing: null });
        assert.deepEqual(await session.load(), { head: 2, kept: "kept" });
      });
      assert.deepEqual(await account.withSession((session) => session.load()), { head: 2, kept: "kept" });
    }),
    check("replaces a call with its legs and recordings, whatever the type of the change", async (account) => {
      const [first] = account.call().legs;
      assert.ok(first !== undefined);
      const long = account.call({ legs: [first, { ...first, talkSeconds: 5 }, { ...first, talkSeconds: 7 }] });
      const short = { ...account.call({ remark: "changed" }), legs: [first], recordings: [], tags: [], menuKeys: [] };
      const other = account.call({ id: "other" });
      await account.withSession(async (session) => {
        await session.write(changesOf([long, other]), { head: 1 });
        await account.assertStored([long, other]);
        await session.write(changesOf([short], "updated"), { head: 2 });
        await account.assertStored([short, other]);
        // A batch whose commit was interrupted is written again as new.
        await session.write(changesOf([long], "new"), { head: 3 });
        await account.assertStored([long, other]);
        await session.write(changesOf([account.call({ id: "third" })], "updated"), { head: 4 });
      });
      await account.assertStored([long, other, account.call({ id: "third" })]);
    }),
    check("keeps calls with the same id in two applications and two accounts apart", async (account) => {
      const other = new AccountUnderTest(subject);
      const calls = [null, "1400000000", "1400000001"].map((application) =>
        account.call({ application, remark: application }),
      );
      await account.withSession((session) => session.write(changesOf(calls), { head: 1 }));
      await other.withSession((session) => session.write(changesOf([other.call()]), { head: 2 }));
      await account.assertStored(calls);
      await other.assertStored([other.call()]);
      assert.deepEqual(await account.withSession((session) => session.load()), { head: 1 });
    }),
    check("keeps similar ids apart, byte by byte", async (account) => {
      const calls = SIMILAR_IDS.map((id) => account.call({ id, remark: id }));
      await account.withSession((session) => session.write(changesOf(calls), { head: 1 }));
      await account.assertStored(calls);
    }),
    check("stores a call in which every optional field is null", async (account) => {
      const { account: label, legs, recordings, ...rest } = account.call();
      const empty = Object.fromEntries(Object.entries(rest).map(([field, value]) => [field, emptyOf(field, value)]));
      const call = {
        ...account.call(),
        ...empty,
        account: label,
        legs: legs.slice(1),
        recordings: recordings.slice(1),
      };
      await account.withSession((session) => session.write(changesOf([call]), { head: 1 }));
      await account.assertStored([call]);
    }),
    ...Object.entries(HOSTILE_TEXTS).map(([name, text]) =>
      check(`stores text with ${name} in calls, ids and checkpoint parts`, async (account) => {
        // A database limits the size of keys.
        const key = text.slice(0, 40);
        const call = account.call({ id: key, remark: text, customData: text, tags: [text], agent: { name: key } });
        const parts: Record<string, JsonValue> = { head: text, nested: { list: [text], [key]: key } };
        await account.withSession((session) => session.write(changesOf([{ ...call, raw: { text } }]), parts));
        await account.assertStored([call]);
        assert.deepEqual(await account.withSession((session) => session.load()), parts);
      }),
    ),
    check("refuses a second writer with a CheckpointError, until the first one closes its session", async (account) => {
      const first = await account.open();
      await assert.rejects(account.open(), CheckpointError);
      // The lease is that of one account.
      await new AccountUnderTest(subject).withSession((session) => session.write([], { head: 1 }));
      await first.write([], { head: "first" });
      await first.close();
      assert.deepEqual(await account.withSession((session) => session.load()), { head: "first" });
    }),
    check("writes nothing after its lease has expired, even if no other writer has it", async (account) => {
      const asleep = await account.open();
      await asleep.write(changesOf([account.call({ id: "before" })]), { head: "before" });
      await subject.expireLease();
      await assert.rejects(
        asleep.write(changesOf([account.call({ id: "after" })]), { head: "after" }),
        CheckpointError,
      );
      await account.assertStored([account.call({ id: "before" })]);
      await asleep.close();
      assert.deepEqual(await account.withSession((session) => session.load()), { head: "before" });
    }),
    check("lets another writer take over an expired lease, which the former writer cannot disturb", async (account) => {
      const killed = await account.open();
      await subject.expireLease();
      const next = await account.open();
      await next.write(changesOf([account.call({ id: "next" })]), { head: "next" });
      await assert.rejects(
        killed.write(changesOf([account.call({ id: "killed" })]), { head: "killed" }),
        CheckpointError,
      );
      await killed.close();
      await assert.rejects(account.open(), CheckpointError);
      await next.write([], { head: "again" });
      await next.close();
      await account.assertStored([account.call({ id: "next" })]);
      assert.deepEqual(await account.withSession((session) => session.load()), { head: "again" });
    }),
    check("stores all of a write or nothing, whichever statement fails", async (account) => {
      const before = [account.call({ id: "1" }), account.call({ id: "2" })];
      await account.withSession((session) => session.write(changesOf(before), { head: "before", removed: 1 }));
      const after = [account.call({ id: "1", remark: "changed" }), account.call({ id: "3" })];
      for (let statement = 1; subject.failAtStatement !== undefined; statement += 1) {
        assert.ok(
          statement <= MAX_STATEMENTS,
          "`failAtStatement` never let a write succeed: is its count that of one write?",
        );
        const session = await account.open();
        await subject.failAtStatement(statement);
        const failure = await session.write(changesOf(after), { head: "after", removed: null }).then(
          () => null,
          (error: unknown) => error,
        );
        await subject.failAtStatement(0);
        await session.close().catch(() => undefined);
        await subject.expireLease();
        if (failure === null) break;
        await account.assertStored(before);
        assert.deepEqual(await account.withSession((reader) => reader.load()), { head: "before", removed: 1 });
      }
      await account.withSession((session) => session.write(changesOf(after), { head: "after", removed: null }));
      await account.assertStored([after[0] ?? account.call(), before[1] ?? account.call(), after[1] ?? account.call()]);
      assert.deepEqual(await account.withSession((session) => session.load()), { head: "after" });
    }),
    ...auditChecks(subject).map(({ name, run }) => check(name, run)),
    // Last, because each of the others reads everything that is stored.
    check(`stores a batch of ${LARGE_BATCH} calls`, async (account) => {
      const calls = Array.from({ length: LARGE_BATCH }, (_, index) => account.call({ id: String(index) }));
      await account.withSession((session) => session.write(changesOf(calls), { head: 1 }));
      assert.equal((await account.stored()).size, LARGE_BATCH);
    }),
  ];
}

function emptyOf(field: string, value: unknown): unknown {
  if (Array.isArray(value)) return [];
  const isRequired = ["provider", "id", "direction", "kind", "state", "startedAt", "relatedIds"].includes(field);
  return field === "relatedIds" ? {} : isRequired ? value : null;
}
