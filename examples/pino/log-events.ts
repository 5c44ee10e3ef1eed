import type { ClientEvent, EventListener } from "call-records";
import type { Level, Logger } from "pino";

/** A listener for `onEvent` that logs what happens: at `warn` what an operator should know, at `debug` the way of a reading, at `trace` each request. */
export function logEvents(logger: Pick<Logger, Level>): EventListener {
  return (event) => {
    const { type, ...fields } = event;
    logger[levelOf(event)]({ event: type, ...fields }, `call-records: ${type}`);
  };
}

function levelOf(event: ClientEvent): Level {
  switch (event.type) {
    case "warning":
    case "retry":
    case "throttle":
    case "clock":
      return "warn";
    case "window-closed":
      return event.result === "failed" || event.result === "incomplete" || event.result === "unreadable"
        ? "warn"
        : "debug";
    case "duplicate":
      return event.sameContent ? "debug" : "warn";
    case "request":
      // The retry, or the error that is thrown, is what an operator sees of a failed one.
      return event.error === null ? "trace" : "debug";
    case "window-opened":
      return "trace";
    default:
      return "debug";
  }
}
