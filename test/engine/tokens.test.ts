import { setMaxListeners } from "node:events";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryTokenStore, type StoredToken, Tokens, type TokenStore } from "../../src/engine/account/tokens.js";
import { quiet, VirtualClock } from "./virtual-clock.js";

const never = new AbortController().signal;
// Many requests listen to it at once, as to the signal of a call.
setMaxListeners(0, never);

class Vendor {
  fetches = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly lifeMs = 600_000,
  ) {}

  readonly fetch = async (): Promise<StoredToken> => {
    const token = `token ${(this.fetches += 1)}`;
    await quiet();
    const fetchedAt = this.clock.now();
    return { token, fetchedAt, expiresAt: fetchedAt + this.lifeMs };
  };
}

describe("a token", () => {
  it("is fetched once for concurrent requests", async () => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const tokens = new Tokens(new MemoryTokenStore(), clock);
    const taken = await Promise.all(Array.from({ length: 20 }, () => tokens.take("key", never, vendor.fetch)));
    expect(new Set(taken)).toEqual(new Set(["token 1"]));
    expect(vendor.fetches).toBe(1);
  });

  it("is separate for each key", async () => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const tokens = new Tokens(new MemoryTokenStore(), clock);
    expect(await Promise.all([tokens.take("a", never, vendor.fetch), tokens.take("b", never, vendor.fetch)])).toEqual([
      "token 1",
      "token 2",
    ]);
  });

  it("is used until a minute before it expires, or a fifth of its lifetime if that is less", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1000, max: 3_600_000 }),
        fc.integer({ min: -50, max: 50 }),
        async (lifeMs, near) => {
          const clock = new VirtualClock();
          const vendor = new Vendor(clock, lifeMs);
          const tokens = new Tokens(new MemoryTokenStore(), clock);
          await tokens.take("key", never, vendor.fetch);
          const early = Math.min(60_000, lifeMs / 5);
          const age = Math.round(lifeMs - early) + near;
          await clock.run(clock.sleep(age));
          expect(await tokens.take("key", never, vendor.fetch)).toBe(age < lifeMs - early ? "token 1" : "token 2");
        },
      ),
    );
  });

  it("is replaced once after the vendor refused it in several requests", async () => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const tokens = new Tokens(new MemoryTokenStore(), clock);
    const first = await tokens.take("key", never, vendor.fetch);
    tokens.drop("key", first);
    tokens.drop("key", first);
    expect(
      await Promise.all([tokens.take("key", never, vendor.fetch), tokens.take("key", never, vendor.fetch)]),
    ).toEqual(["token 2", "token 2"]);
    // A late refusal of the first does not drop the second.
    tokens.drop("key", first);
    expect(await tokens.take("key", never, vendor.fetch)).toBe("token 2");
    expect(vendor.fetches).toBe(2);
  });

  it("is kept if the vendor issues it again after a refusal", async () => {
    const clock = new VirtualClock();
    let fetches = 0;
    const same = () => {
      fetches += 1;
      return Promise.resolve({ token: "the same", fetchedAt: clock.now(), expiresAt: clock.now() + 600_000 });
    };
    const tokens = new Tokens(new MemoryTokenStore(), clock);
    tokens.drop("key", await tokens.take("key", never, same));
    for (let time = 0; time < 5; time += 1) expect(await tokens.take("key", never, same)).toBe("the same");
    expect(fetches).toBe(2);
  });

  it("is fetched again after a failed fetch", async () => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const tokens = new Tokens(new MemoryTokenStore(), clock);
    const down = () => Promise.reject(new Error("down"));
    const both = await Promise.allSettled([tokens.take("key", never, down), tokens.take("key", never, vendor.fetch)]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await tokens.take("key", never, vendor.fetch)).toBe("token 1");
  });

  it("is no longer fetched once all waiting requests are aborted, and not before", async () => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const tokens = new Tokens(new MemoryTokenStore(), clock);
    const signals: AbortSignal[] = [];
    const slow = (signal: AbortSignal) => {
      signals.push(signal);
      return new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => {
          reject(new Error("abandoned"));
        });
      });
    };
    const [one, other] = [new AbortController(), new AbortController()];
    const both = Promise.allSettled([tokens.take("key", one.signal, slow), tokens.take("key", other.signal, slow)]);
    await quiet();
    one.abort();
    await quiet();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    other.abort();
    expect((await both).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await tokens.take("key", never, vendor.fetch)).toBe("token 1");
  });

  it("of another process is read from the store, and a new one is stored there", async () => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const store = new MemoryTokenStore();
    await store.set("key", { token: "theirs", fetchedAt: clock.now(), expiresAt: clock.now() + 600_000 });
    const tokens = new Tokens(store, clock);
    expect(await tokens.take("key", never, vendor.fetch)).toBe("theirs");
    tokens.drop("key", "theirs");
    expect(await tokens.take("key", never, vendor.fetch)).toBe("token 1");
    expect((await store.get("key"))?.token).toBe("token 1");
  });

  it("is fetched once if the store responds late to one of the requests", async () => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const memory = new MemoryTokenStore();
    let respondLate: () => void = () => undefined;
    let reads = 0;
    const store: TokenStore = {
      get: async (key) => {
        const found = await memory.get(key);
        if (++reads === 2) await new Promise<void>((resolve) => (respondLate = resolve));
        return found;
      },
      set: (key, token) => memory.set(key, token),
    };
    const tokens = new Tokens(store, clock);
    const both = [tokens.take("key", never, vendor.fetch), tokens.take("key", never, vendor.fetch)] as const;
    await both[0];
    respondLate();
    await both[1];
    expect(vendor.fetches).toBe(1);
  });

  it("is not shown when its store is printed", async () => {
    const clock = new VirtualClock();
    const store = new MemoryTokenStore();
    const tokens = new Tokens(store, clock);
    await tokens.take("key", never, new Vendor(clock).fetch);
    tokens.drop("key", "token 1");
    expect(inspect([store, tokens], { depth: 10, showHidden: true }) + JSON.stringify([store, tokens])).not.toContain(
      "token 1",
    );
  });
});

/** A store that several processes share. It counts its locks. */
class LockedStore extends MemoryTokenStore {
  private last: Promise<unknown> = Promise.resolve();
  locks = 0;
  releases = 0;

  async lock(_key: string, signal: AbortSignal): Promise<() => Promise<void>> {
    const before = this.last;
    let unlock: () => void = () => undefined;
    this.last = new Promise<void>((resolve) => (unlock = resolve));
    await before;
    if (signal.aborted) unlock();
    signal.throwIfAborted();
    this.locks += 1;
    return () => {
      this.releases += 1;
      unlock();
      return Promise.resolve();
    };
  }
}

describe("a token store with a lock", () => {
  const processes = (count: number) => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const store = new LockedStore();
    return { clock, vendor, store, tokens: Array.from({ length: count }, () => new Tokens(store, clock)) };
  };

  it("fetches a token once for several processes, and once again when it is to be replaced", async () => {
    const { clock, vendor, store, tokens } = processes(4);
    const takeAll = () => Promise.all(tokens.map((one) => one.take("key", never, vendor.fetch)));
    expect(new Set(await takeAll())).toEqual(new Set(["token 1"]));
    expect(new Set(await takeAll())).toEqual(new Set(["token 1"]));
    await clock.run(clock.sleep(545_000));
    expect(new Set(await takeAll())).toEqual(new Set(["token 2"]));
    expect(vendor.fetches).toBe(2);
    // A stored token needs no lock.
    expect([store.locks, store.releases]).toEqual([8, 8]);
  });

  it("replaces a refused token once, although several processes drop it", async () => {
    const { vendor, tokens } = processes(3);
    const takeAll = () => Promise.all(tokens.map((one) => one.take("key", never, vendor.fetch)));
    await takeAll();
    for (const one of tokens) one.drop("key", "token 1");
    expect(new Set(await takeAll())).toEqual(new Set(["token 2"]));
    expect(vendor.fetches).toBe(2);
  });

  it("releases the lock when the token cannot be fetched, so that the next process fetches it", async () => {
    const { vendor, store, tokens } = processes(2);
    const refused = () => Promise.reject(new Error("refused"));
    await expect(tokens[0]?.take("key", never, refused)).rejects.toThrow("refused");
    expect(await tokens[1]?.take("key", never, vendor.fetch)).toBe("token 1");
    expect([store.locks, store.releases]).toEqual([2, 2]);
  });

  it("ends the wait for the lock when all requests that wait for the token are aborted", async () => {
    const { vendor, store, tokens } = processes(2);
    const release = await store.lock("key", never);
    const abort = new AbortController();
    const taken = tokens[0]?.take("key", abort.signal, vendor.fetch);
    await quiet();
    abort.abort();
    await expect(taken).rejects.toThrow("aborted");
    await release();
    await quiet();
    expect(vendor.fetches).toBe(0);
    expect(await tokens[1]?.take("key", never, vendor.fetch)).toBe("token 1");
  });
});
