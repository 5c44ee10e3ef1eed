import { describe, expect, it } from "vitest";
import type { ClientEvent } from "call-records";
import type { HttpResponse } from "../../src/contract/http.js";
import { VendorClock } from "../../src/engine/account/vendor-clock.js";
import { VirtualClock } from "./virtual-clock.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Opens a clock, with functions that send it responses of a vendor whose clock differs from this machine's clock. */
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
    time,
    clock,
    events,
    good: (...offsets: (number | null)[]) => {
      for (const offset of offsets) clock.compare(response(offset), "list");
    },
    refuse: (offset: number) => clock.correct(response(offset)),
    /** Returns the difference between the time by which calls settle and this machine's time. */
    settles: () => clock.soonestNow() - time.now(),
    differs: () => clock.now() - time.now(),
  };
}

describe("the time by which calls settle", () => {
  it("is this machine's time if the vendor's is close to it", () => {
    const { good, settles } = open();
    expect(settles()).toBe(0);
    good(4 * MINUTE, -4 * MINUTE, 0, 4 * MINUTE);
    expect(settles()).toBe(0);
  });

  it("is the vendor's time from the first response on if the vendor's clock is behind", () => {
    const { good, settles } = open();
    good(-5 * HOUR);
    expect(settles()).toBe(-5 * HOUR);
    good(-5 * HOUR, -5 * HOUR, -5 * HOUR);
    expect(settles()).toBe(-5 * HOUR);
  });

  it.each([-4 * DAY, 4 * DAY, -HOUR, HOUR])("is not changed by a single time that deviates by %i ms", (off) => {
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

  it("is not a later time that only a refusal contains", () => {
    const { refuse, good, settles, differs } = open();
    refuse(4 * DAY);
    expect(settles()).toBe(0);
    good(null, null, null, null);
    expect(settles()).toBe(0);
    expect(differs()).toBe(4 * DAY);
  });

  it("is not a later time that successful responses contradict, which revert the correction", () => {
    const { refuse, good, settles, differs, clock, events } = open();
    refuse(4 * DAY);
    good(0);
    expect([settles(), differs()]).toEqual([0, 0]);
    expect(clock.jumps).toBe(2);
    expect(events.filter(({ type }) => type === "clock")).toHaveLength(2);
  });

  it("is a later time if the clock was corrected by it and three successful responses agree", () => {
    const { refuse, good, settles } = open();
    refuse(5 * HOUR);
    good(5 * HOUR, 5 * HOUR);
    expect(settles()).toBe(0);
    good(5 * HOUR);
    expect(settles()).toBe(5 * HOUR);
    good(9 * DAY);
    expect(settles()).toBe(5 * HOUR);
  });

  it("is not a later time without a refusal", () => {
    const { good, settles } = open();
    good(4 * DAY, 4 * DAY, 4 * DAY, 4 * DAY);
    expect(settles()).toBe(0);
  });
});

describe("a correction", () => {
  it("that the vendor accepts and confirms is kept", () => {
    const { refuse, good, differs } = open();
    refuse(-5 * HOUR);
    good(-5 * HOUR, 0);
    expect(differs()).toBe(-5 * HOUR);
  });
});

describe("the latest time", () => {
  it("is that of the clock that is farthest ahead, whichever clock was corrected", () => {
    const { clock, good, refuse, time } = open();
    const differs = () => clock.latestNow() - time.now();
    expect(differs()).toBe(0);
    refuse(-3 * DAY);
    expect(differs()).toBe(0);
    good(2 * DAY, -3 * DAY);
    expect(differs()).toBe(2 * DAY);
    refuse(4 * DAY);
    expect(differs()).toBe(4 * DAY);
  });
});
