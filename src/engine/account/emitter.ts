import type { EngineClock } from "./clock.js";
import { describeThrown } from "./thrown.js";
import type { ClientEvent, EventListener, UntimedEvent } from "../../model/events.js";

/** Returns a function that adds the time to an event and passes it to the listener. An error of the listener does not affect the call, and becomes a warning of the process. */
export function emitterOf(listener: EventListener | undefined, clock: EngineClock): (event: UntimedEvent) => void {
  if (listener === undefined) return () => undefined;
  // It may be asynchronous: without a handler, its rejection would end the process.
  const notify: (event: ClientEvent) => unknown = listener;
  return (event) => {
    try {
      const result = notify({ at: new Date(clock.now()).toISOString(), ...event });
      if (isThenable(result)) void result.then(undefined, warn);
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
