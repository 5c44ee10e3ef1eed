import { describe, expect, it } from "vitest";
import { callKey, type CallRecord, type JsonValue, type SyncChange } from "call-records";
import { type DestinationSubject, testDestination } from "call-records/testing";
import { destinationChecks } from "../../src/testing/destination/destination-checks.js";
import { emptyStorage, MemoryDestination, type Storage } from "./memory-destination.js";

function subjectOf(create: (storage: Storage) => MemoryDestination): DestinationSubject {
  const storage = emptyStorage();
  return {
    create: () => create(storage),
    read: () => Promise.resolve([...storage.calls.values()]),
    failAtStatement: (n) => {
      storage.failAt = n;
    },
    expireLease: () => {
      storage.leases.clear();
    },
  };
}

await testDestination(subjectOf((storage) => new MemoryDestination(storage)));

interface Write {
  changes: readonly SyncChange[];
  parts: Readonly<Record<string, JsonValue | null>>;
}

/** A destination that writes something else than it is given. */
function changing(storage: Storage, change: (write: Write) => Write): MemoryDestination {
  return new (class extends MemoryDestination {
    protected override write(account: string, token: number, changes: Write["changes"], parts: Write["parts"]) {
      const changed = change({ changes, parts });
      return super.write(account, token, changed.changes, changed.parts);
    }
  })(storage);
}

/** Destinations with one fault each, and the check that must find it. */
const faulty: Record<string, { finds: RegExp; create: (storage: Storage) => MemoryDestination }> = {
  "writes calls before its checkpoint, without a transaction": {
    finds: /all of a write or nothing/,
    create: (storage) =>
      new (class extends MemoryDestination {
        protected override async write(
          account: string,
          token: number,
          changes: readonly SyncChange[],
          parts: Readonly<Record<string, JsonValue | null>>,
        ) {
          if (this.isHolder(account, token))
            for (const { record } of changes) this.storage.calls.set(this.keyOf(record), record);
          await super.write(account, token, changes, parts);
        }
      })(storage),
  },
  "does not check its lease": {
    finds: /after its lease has expired/,
    create: (storage) =>
      new (class extends MemoryDestination {
        protected override isHolder() {
          return true;
        }
      })(storage),
  },
  "only checks that no other writer has the lease": {
    finds: /after its lease has expired/,
    create: (storage) =>
      new (class extends MemoryDestination {
        protected override isHolder(account: string, token: number) {
          return (this.storage.leases.get(account) ?? token) === token;
        }
      })(storage),
  },
  "has no lease": {
    finds: /refuses a second writer/,
    create: (storage) =>
      new (class extends MemoryDestination {
        override open(account: { provider: string; account: string }) {
          this.storage.leases.delete(account.account);
          return super.open(account);
        }
      })(storage),
  },
  "compares ids without case": {
    finds: /similar ids/,
    create: (storage) =>
      new (class extends MemoryDestination {
        protected override keyOf(record: CallRecord) {
          return super.keyOf(record).toLowerCase();
        }
      })(storage),
  },
  "ignores the application": {
    finds: /two applications/,
    create: (storage) =>
      new (class extends MemoryDestination {
        protected override keyOf({ account, id }: CallRecord) {
          return `${account} ${id}`;
        }
      })(storage),
  },
  "keeps the legs of the former version": {
    finds: /replaces a call with its legs/,
    create: (storage) =>
      changing(storage, ({ changes, parts }) => {
        const kept = changes.map((change) => {
          const before = storage.calls.get(callKey(change.record));
          const legs = [...change.record.legs, ...(before?.legs.slice(change.record.legs.length) ?? [])];
          return { ...change, record: { ...change.record, legs } };
        });
        return { changes: kept, parts };
      }),
  },
  "inserts only calls that are new": {
    finds: /whatever the type of the change/,
    create: (storage) =>
      changing(storage, ({ changes, parts }) => {
        const known = changes.filter(({ type, record }) => type === "updated" || !storage.calls.has(callKey(record)));
        return { changes: known, parts };
      }),
  },
  "replaces NUL in checkpoint parts": {
    finds: /with NUL/,
    create: (storage) =>
      new (class extends MemoryDestination {
        protected override load(account: string) {
          const text = JSON.stringify(super.load(account)).replaceAll("\\u0000", "");
          return JSON.parse(text) as Record<string, JsonValue>;
        }
      })(storage),
  },
  "cuts long texts": {
    finds: /with 64 kB/,
    create: (storage) =>
      changing(storage, ({ changes, parts }) => {
        const cut = changes.map((change) => ({
          ...change,
          record: { ...change.record, remark: change.record.remark?.slice(0, 255) ?? null },
        }));
        return { changes: cut, parts };
      }),
  },
  "removes no parts": {
    finds: /removes those that are null/,
    create: (storage) =>
      changing(storage, ({ changes, parts }) => {
        const kept = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== null));
        return { changes, parts: kept };
      }),
  },
};

describe("the tests of destinations", () => {
  it.each(Object.entries(faulty))("find a destination that %s", async (_, { finds, create }) => {
    const checks = destinationChecks(subjectOf(create)).filter(({ name }) => finds.test(name));
    expect(checks.length).toBeGreaterThan(0);
    for (const { run } of checks) await expect(run()).rejects.toThrow();
  });

  it("can be registered with another framework, synchronously", () => {
    const names: string[] = [];
    void testDestination(
      subjectOf((storage) => new MemoryDestination(storage)),
      {
        describe: (name, body) => {
          names.push(name);
          body();
        },
        it: (name) => names.push(name),
      },
    );
    expect(names[0]).toBe("a destination");
    expect(names.length).toBeGreaterThan(15);
  });
});
