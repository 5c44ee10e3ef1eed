import assert from "node:assert/strict";
import {
  callKey,
  type CallKeyParts,
  type CallRecord,
  CheckpointError,
  type DestinationSession,
  type StoredCallSelection,
} from "../../index.js";
import { HOSTILE_TEXTS, SIMILAR_IDS } from "./hostile-texts.js";
import { type AccountUnderTest, assertSameCall, changesOf } from "./stored-calls.js";
import type { DestinationSubject } from "./subject.js";

/** A session that `auditDestination` can use. */
type AuditSession = Required<DestinationSession>;

interface AuditCheck {
  name: string;
  run: (account: AccountUnderTest) => Promise<void>;
}

/** More calls than `sqlDestination` reads at once. */
const MANY = 600;
const START = Date.parse("2026-11-02T01:00:00.000Z");
const at = (ms: number) => new Date(START + ms);

/** Returns the rules for the optional methods of a session. A destination without them fulfils the rules. */
export function auditChecks(subject: DestinationSubject): AuditCheck[] {
  const check = (
    name: string,
    work: (session: AuditSession, account: AccountUnderTest) => Promise<void>,
  ): AuditCheck => ({
    name,
    run: async (account) => {
      const session = await account.open();
      try {
        if (hasAuditMethods(session)) await work(session, account);
      } finally {
        await session.close();
      }
    },
  });
  return [
    check("returns the calls that started in a range, and those with given keys", async (session, account) => {
      const [first, second, third] = [
        account.call({ id: "1", startedAt: at(0) }),
        account.call({ id: "2", application: "1400000000", startedAt: at(1) }),
        account.call({ id: "3", startedAt: at(2) }),
      ];
      await session.write(changesOf([first, second, third]), { head: 1 });
      await assertReads(session, { from: at(0), to: at(2) }, [first, second]);
      await assertReads(session, { from: at(2), to: at(3) }, [third]);
      await assertReads(session, { from: at(3), to: at(9) }, []);
      await assertReads(session, { keys: [third, second, { ...first, id: "missing" }] }, [second, third]);
      await assertReads(session, { keys: [{ ...second, application: null }] }, []);
    }),
    check(
      "is read without a lease while a session writes, if it has the method openReader",
      async (session, account) => {
        const call = account.call({ startedAt: at(0) });
        const reader = await account.openReader();
        try {
          await session.write(changesOf([call]), { head: 1 });
          if (reader === null) return;
          assert.deepEqual(await reader.load(), { head: 1 });
          const read = [];
          for await (const one of reader.readCalls({ from: at(0), to: at(1) })) read.push(one);
          assertKeys(read, [call]);
          // The reader does not end the lease of the session.
          await session.write([], { head: 2 });
          assert.deepEqual(await reader.load(), { head: 2 });
        } finally {
          await reader?.close();
        }
      },
    ),
    check(`returns each of ${MANY} calls once, also if they started at the same time`, async (session, account) => {
      const calls = Array.from({ length: MANY }, (_, index) =>
        account.call({ id: `${index}`, application: index % 2 === 0 ? null : "app", startedAt: at(index % 3) }),
      );
      await session.write(changesOf(calls), {});
      assertKeys(await readAll(session, { from: at(0), to: at(3) }), calls);
      assertKeys(await readAll(session, { keys: calls }), calls);
    }),
    check("returns every field, text and id as it was written", async (session, account) => {
      const texts = Object.values(HOSTILE_TEXTS).map((text, index) =>
        account.call({ id: `${index} ${text.slice(0, 40)}`, remark: text, tags: [text], agent: { name: text } }),
      );
      const calls = [...texts, ...SIMILAR_IDS.map((id) => account.call({ id }))];
      await session.write(changesOf(calls), {});
      await assertReads(session, { keys: calls }, calls);
      assert.deepEqual(
        (await readAll(session, { keys: calls })).map(({ id, legs }) => [id, legs?.length]).sort(),
        calls.map(({ id, legs }) => [id, legs.length]).sort(),
      );
    }),
    check("marks calls as delisted, until they are written again", async (session, account) => {
      const [first, second] = [account.call({ id: "1" }), account.call({ id: "2", application: "1400000000" })];
      await session.write(changesOf([first, second]), { head: 1 });
      await session.markDelisted([second, { ...first, id: "missing" }]);
      const marked = async () =>
        (await readAll(session, { keys: [first, second] })).flatMap(({ id, delistedAt }) =>
          delistedAt === null ? [] : [id],
        );
      assert.deepEqual(await marked(), ["2"]);
      await account.assertStored([first, second]);
      assert.deepEqual(await session.load(), { head: 1 });
      await session.write(changesOf([second], "updated"), {});
      assert.deepEqual(await marked(), []);
    }),
    check("marks nothing after its lease has expired", async (session, account) => {
      const call = account.call();
      await session.write(changesOf([call]), {});
      await subject.expireLease();
      await assert.rejects(session.markDelisted([call]), CheckpointError);
      const [stored] = await readAll(session, { keys: [call] });
      assert.equal(stored?.delistedAt, null);
    }),
  ];
}

function hasAuditMethods(session: DestinationSession): session is AuditSession {
  return session.readCalls !== undefined && session.markDelisted !== undefined;
}

async function readAll(session: AuditSession, selection: StoredCallSelection) {
  const calls = [];
  for await (const call of session.readCalls(selection)) calls.push(call);
  return calls;
}

function assertKeys(stored: readonly CallKeyParts[], calls: readonly CallKeyParts[]) {
  assert.deepEqual(stored.map(callKey).sort(), calls.map(callKey).sort(), "other calls were read than selected");
}

async function assertReads(session: AuditSession, selection: StoredCallSelection, calls: readonly CallRecord[]) {
  const stored = await readAll(session, selection);
  assertKeys(stored, calls);
  const byKey = new Map(stored.map(({ delistedAt, ...call }) => [callKey(call), { call, delistedAt }]));
  for (const call of calls) {
    const read = byKey.get(callKey(call));
    assertSameCall(read?.call, call);
    assert.equal(read?.delistedAt, null, "a call that was written last must have no mark");
  }
}
