import { describe, expect, it } from "vitest";
import type { ClientEvent } from "call-records";
import type { HttpResponse } from "../../src/contract/http.js";
import { VendorClock } from "../../src/engine/account/vendor-clock.js";
import { VirtualClock } from "./virtual-clock.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A clock, and answers of a vendor whose clock differs from this machine's by so much. */
function open() {
  const time = new VirtualClock();
  const events: { type: ClientEvent["type"] }[] = [];
  const clock = new VendorClock(time, "account", (event) => events.push(event));
  const response = (offsetMs: number | null): HttpResponse => ({
    status: 200,
    body: {},
    headers: offsetMs === null ? {} : { date: new Date(time.now() + offsetMs).toUTCString() },
  });
  return {
    clock,
    events,
    good: (...offsets: (number | null)[]) => {
      for (const offset of offsets) clock.compare(response(offset), "list");
    },
    refuse: (offset: number) => clock.correct(response(offset)),
    /** By how much what settles is by another time than this machine's. */
    settles: () => clock.soonestNow() - time.now(),
    differs: () => clock.now() - time.now(),
  };
}

describe("what has settled", () => {
  it("is by this machine's clock where the vendor's is not far from it", () => {
    const { good, settles } = open();
    expect(settles()).toBe(0);
    good(4 * MINUTE, -4 * MINUTE, 0, 4 * MINUTE);
    expect(settles()).toBe(0);
  });

  it("is by the vendor's clock where that is behind, from the first answer on", () => {
    const { good, settles } = open();
    good(-5 * HOUR);
    expect(settles()).toBe(-5 * HOUR);
    good(-5 * HOUR, -5 * HOUR, -5 * HOUR);
    expect(settles()).toBe(-5 * HOUR);
  });

  it.each([-4 * DAY, 4 * DAY, -HOUR, HOUR])("is not moved by one time that is off by %i ms", (off) => {
    for (const right of [0, -5 * HOUR]) {
      const { good, settles } = open();
      good(right, right, right);
      for (let time = 0; time < 4; time += 1) {
        good(right + off);
        expect(settles()).toBe(right);
        good(right, right, right);
        expect(settles()).toBe(right);
      }
    }
  });

  it("is not by a time ahead of this machine's that only a refusal tells", () => {
    const { refuse, good, settles, differs } = open();
    refuse(4 * DAY);
    expect(settles()).toBe(0);
    good(null, null, null, null);
    expect(settles()).toBe(0);
    expect(differs()).toBe(4 * DAY);
  });

  it("is not by a time ahead that good answers contradict, which take the correction back", () => {
    const { refuse, good, settles, differs, clock, events } = open();
    refuse(4 * DAY);
    good(0);
    expect([settles(), differs()]).toEqual([0, 0]);
    expect(clock.jumps).toBe(2);
    expect(events.filter(({ type }) => type === "clock")).toHaveLength(2);
  });

  it("is by a time ahead where the clock was corrected by it and three good answers agree", () => {
    const { refuse, good, settles } = open();
    refuse(5 * HOUR);
    good(5 * HOUR, 5 * HOUR);
    expect(settles()).toBe(0);
    good(5 * HOUR);
    expect(settles()).toBe(5 * HOUR);
    good(9 * DAY);
    expect(settles()).toBe(5 * HOUR);
  });

  it("is not by a time ahead that the vendor does not mind", () => {
    const { good, settles } = open();
    good(4 * DAY, 4 * DAY, 4 * DAY, 4 * DAY);
    expect(settles()).toBe(0);
  });
});

describe("a correction", () => {
  it("that the vendor accepts, and confirms, stays", () => {
    const { refuse, good, differs } = open();
    refuse(-5 * HOUR);
    good(-5 * HOUR, 0);
    expect(differs()).toBe(-5 * HOUR);
  });
});
