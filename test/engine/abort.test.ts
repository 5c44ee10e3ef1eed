import { getEventListeners } from "node:events";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { AbortedError, TimeoutError } from "call-records";
import { abortedError, LinkedAbort, orAborted, throwIfAborted } from "../../src/engine/account/abort.js";
import { rejectionOf, thrownBy } from "../client/stage.js";
import { PolyfilledSignal } from "./polyfilled-signal.js";

describe("a signal of another implementation", () => {
  it("aborts a controller that follows it", () => {
    const signal = new PolyfilledSignal();
    const abort = new LinkedAbort(signal);
    expect(abort.signal.aborted).toBe(false);
    signal.abort();
    expect(abort.signal.aborted).toBe(true);
    expect(abortedError(abort.signal)).toBeInstanceOf(AbortedError);
  });

  it("aborts a follower at once if it is already aborted", () => {
    const signal = new PolyfilledSignal();
    signal.abort();
    expect(new LinkedAbort(signal).signal.aborted).toBe(true);
    expect(
      thrownBy(() => {
        throwIfAborted(signal);
      }),
    ).toBeInstanceOf(AbortedError);
  });

  it("has no listener after the release", () => {
    const signal = new PolyfilledSignal();
    const abort = new LinkedAbort(signal);
    abort.release();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    signal.abort();
    expect(abort.signal.aborted).toBe(false);
  });

  it("rejects a promise that waits for it", async () => {
    const signal = new PolyfilledSignal();
    const waiting = orAborted(new Promise(() => undefined), signal);
    signal.abort();
    expect(await rejectionOf(waiting)).toBeInstanceOf(AbortedError);
  });
});

describe("an abort reason", () => {
  it("is passed to followers unchanged if it is an error of the library", () => {
    const reason = new TimeoutError("Too late.");
    const first = new LinkedAbort();
    const second = new LinkedAbort(first.signal);
    first.abort(reason);
    expect(abortedError(second.signal)).toBe(reason);
  });

  it("is not replaced by a later one", () => {
    const abort = new LinkedAbort();
    const reason = new TimeoutError("Too late.");
    abort.abort(reason);
    abort.abort(new AbortedError("Later."));
    expect(abortedError(abort.signal)).toBe(reason);
  });

  it.each([
    ["nothing", undefined],
    ["an error of another realm", runInNewContext("new Error('mine')") as unknown],
    ["a text", "mine"],
  ])("is replaced by an AbortedError if it is %s", (_, reason) => {
    const controller = new AbortController();
    controller.abort(reason);
    expect(abortedError(controller.signal)).toBeInstanceOf(AbortedError);
  });
});
