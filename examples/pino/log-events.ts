import type { ClientEvent, EventListener } from "call-records";
import type { Level, Logger } from "pino";

/** Returns a listener for `onEvent` that logs events: problems for an operator at `warn`, the progress of a reading at `debug`, and each request at `trace`. */
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
      // An operator sees a failed request as a retry or as the error that is thrown.
      return event.error === null ? "trace" : "debug";
    case "window-opened":
      return "trace";
    default:
      return "debug";
  }
}
