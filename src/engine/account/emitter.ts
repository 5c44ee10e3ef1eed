import type { EngineClock } from "./clock.js";
import { describeThrown } from "./thrown.js";
import type { ClientEvent, EventListener, UntimedEvent } from "../../model/events.js";

/** Tells a listener of events, and when they happened. What it throws, or rejects with, disturbs no call, and is shown as a warning of the process. */
export function emitterOf(listener: EventListener | undefined, clock: EngineClock): (event: UntimedEvent) => void {
  if (listener === undefined) return () => undefined;
  // It may be asynchronous: without a handler, its rejection would end the process.
  const tell: (event: ClientEvent) => unknown = listener;
  return (event) => {
    try {
      const told = tell({ at: new Date(clock.now()).toISOString(), ...event });
      if (isThenable(told)) void told.then(undefined, warn);
    } catch (error) {
      warn(error);
    }
  };
}

function warn(error: unknown): void {
  process.emitWarning(`The \`onEvent\` listener of call-records threw: ${describeThrown(error)}`);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
