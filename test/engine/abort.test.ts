import { getEventListeners } from "node:events";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { AbortedError, TimeoutError } from "call-records";
import { abortedError, LinkedAbort, orAborted, throwIfAborted } from "../../src/engine/account/abort.js";
import { rejectionOf, thrownBy } from "../client/stage.js";
import { PolyfilledSignal } from "./polyfilled-signal.js";

describe("a signal of another implementation", () => {
  it("ends what follows it", () => {
    const signal = new PolyfilledSignal();
    const abort = new LinkedAbort(signal);
    expect(abort.signal.aborted).toBe(false);
    signal.abort();
    expect(abort.signal.aborted).toBe(true);
    expect(abortedError(abort.signal)).toBeInstanceOf(AbortedError);
  });

  it("that was aborted before ends it at once", () => {
    const signal = new PolyfilledSignal();
    signal.abort();
    expect(new LinkedAbort(signal).signal.aborted).toBe(true);
    expect(
      thrownBy(() => {
        throwIfAborted(signal);
      }),
    ).toBeInstanceOf(AbortedError);
  });

  it("is let go of", () => {
    const signal = new PolyfilledSignal();
    const abort = new LinkedAbort(signal);
    abort.release();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    signal.abort();
    expect(abort.signal.aborted).toBe(false);
  });

  it("ends a wait", async () => {
    const signal = new PolyfilledSignal();
    const waiting = orAborted(new Promise(() => undefined), signal);
    signal.abort();
    expect(await rejectionOf(waiting)).toBeInstanceOf(AbortedError);
  });
});

describe("a reason", () => {
  it("of the library's is handed on, also by what follows", () => {
    const reason = new TimeoutError("Too late.");
    const first = new LinkedAbort();
    const second = new LinkedAbort(first.signal);
    first.abort(reason);
    expect(abortedError(second.signal)).toBe(reason);
  });

  it("that came first stays", () => {
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
  ])("that is %s becomes an AbortedError", (_, reason) => {
    const controller = new AbortController();
    controller.abort(reason);
    expect(abortedError(controller.signal)).toBeInstanceOf(AbortedError);
  });
});
