import { setMaxListeners } from "node:events";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryTokenStore, type StoredToken, Tokens, type TokenStore } from "../../src/engine/account/tokens.js";
import { quiet, VirtualClock } from "./virtual-clock.js";

const never = new AbortController().signal;
// Many wait on it at once, as they do on the signal of a call.
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
  it("is fetched once, however many ask for it at the same time", async () => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const tokens = new Tokens(new MemoryTokenStore(), clock);
    const taken = await Promise.all(Array.from({ length: 20 }, () => tokens.take("key", never, vendor.fetch)));
    expect(new Set(taken)).toEqual(new Set(["token 1"]));
    expect(vendor.fetches).toBe(1);
  });

  it("is each key's own", async () => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const tokens = new Tokens(new MemoryTokenStore(), clock);
    expect(await Promise.all([tokens.take("a", never, vendor.fetch), tokens.take("b", never, vendor.fetch)])).toEqual([
      "token 1",
      "token 2",
    ]);
  });

  it("is used until a minute before its end, or a fifth of its life where that is less", async () => {
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

  it("that the vendor refused is replaced, once for all that were refused with it", async () => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const tokens = new Tokens(new MemoryTokenStore(), clock);
    const first = await tokens.take("key", never, vendor.fetch);
    tokens.drop("key", first);
    tokens.drop("key", first);
    expect(
      await Promise.all([tokens.take("key", never, vendor.fetch), tokens.take("key", never, vendor.fetch)]),
    ).toEqual(["token 2", "token 2"]);
    // A late refusal of the first does not cost the second.
    tokens.drop("key", first);
    expect(await tokens.take("key", never, vendor.fetch)).toBe("token 2");
    expect(vendor.fetches).toBe(2);
  });

  it("that the vendor gives again although it refused it is kept, rather than asked for each time", async () => {
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

  it("that could not be fetched is asked for again by the next", async () => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const tokens = new Tokens(new MemoryTokenStore(), clock);
    const down = () => Promise.reject(new Error("down"));
    const both = await Promise.allSettled([tokens.take("key", never, down), tokens.take("key", never, vendor.fetch)]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await tokens.take("key", never, vendor.fetch)).toBe("token 1");
  });

  it("is given up when all who wait for it have given up, and not before", async () => {
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

  it("that another process has put into the store is used, and a new one is put there", async () => {
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

  it("is fetched once also where the store answers one of those who ask late", async () => {
    const clock = new VirtualClock();
    const vendor = new Vendor(clock);
    const memory = new MemoryTokenStore();
    let respondLate: () => void = () => undefined;
    let questions = 0;
    const store: TokenStore = {
      get: async (key) => {
        const found = await memory.get(key);
        if (++questions === 2) await new Promise<void>((resolve) => (respondLate = resolve));
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

  it("is not shown when what keeps it is printed", async () => {
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
