import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Slots } from "../../src/engine/account/slots.js";
import { quiet } from "./virtual-clock.js";

const never = new AbortController().signal;

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

describe("slots", () => {
  it("run at most as many tasks at once as there are slots, and all of them in order", async () => {
    const works = fc.array(fc.record({ turns: fc.nat(6), fails: fc.boolean() }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), works, async (size, plans) => {
        const slots = new Slots(size);
        const started: number[] = [];
        let running = 0;
        let most = 0;
        const results = await Promise.allSettled(
          plans.map((plan, index) =>
            slots.use(never, async () => {
              started.push(index);
              most = Math.max(most, (running += 1));
              await turns(plan.turns);
              running -= 1;
              if (plan.fails) throw new Error("failed");
              return index;
            }),
          ),
        );
        expect(most).toBe(Math.min(size, plans.length));
        expect(started).toEqual(plans.map((_, index) => index));
        expect(results.map(({ status }) => status)).toEqual(
          plans.map(({ fails }) => (fails ? "rejected" : "fulfilled")),
        );
      }),
    );
  });

  it("are not occupied by a task that is aborted while it waits", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
        async (size, aborted) => {
          const slots = new Slots(size);
          const abort = new AbortController();
          const reason = new Error("enough");
          let free: () => void = () => undefined;
          const gate = new Promise<void>((resolve) => (free = resolve));
          const holders = Array.from({ length: size }, () => slots.use(never, () => gate));
          const ran: number[] = [];
          const waiting = aborted.map((isAborted, index) =>
            slots
              .use(isAborted ? abort.signal : never, () => Promise.resolve(ran.push(index)))
              .catch((error: unknown) => error),
          );
          await quiet();
          abort.abort(reason);
          free();
          await Promise.all(holders);
          const results = await Promise.all(waiting);
          expect(ran).toEqual(aborted.flatMap((isAborted, index) => (isAborted ? [] : [index])));
          aborted.forEach((isAborted, index) => {
            if (isAborted) expect(results[index]).toBe(reason);
          });
          // All slots are free again: as many tasks as there are slots start at once.
          let started = 0;
          const all = Array.from({ length: size }, () => slots.use(never, () => Promise.resolve((started += 1))));
          await quiet();
          expect(started).toBe(size);
          await Promise.all(all);
        },
      ),
    );
  });

  it("are not occupied by a task that is already aborted", async () => {
    const slots = new Slots(1);
    await expect(slots.use(AbortSignal.abort(new Error("enough")), () => Promise.resolve("ran"))).rejects.toThrow(
      "enough",
    );
    expect(await slots.use(never, () => Promise.resolve("ran"))).toBe("ran");
  });
});
