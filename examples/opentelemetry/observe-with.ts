import {
  type Attributes,
  context,
  type Meter,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { ClientEvent, EventListener } from "call-records";

type EventOf<Type extends ClientEvent["type"]> = Extract<ClientEvent, { type: Type }>;

/** As the semantic conventions have it for this histogram, in seconds. */
const DURATION_BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** How windows end with which something is wrong. */
const BAD_FATES: readonly string[] = [
  "failed",
  "incomplete",
  "unreadable",
] satisfies EventOf<"window-closed">["result"][];

/**
 * A listener for one client's `onEvent`: a span for each vendor window, in it one for each of its requests, and metrics. Windows become children of the
 * span that is active where the records are read, so that with a context manager one job is one trace.
 *
 * Attributes of metrics are of few values: accounts, operations, error codes. What has many, such as ids and times, is on spans alone. Of a URL only the
 * server is told: paths and queries may be a customer's own.
 */
export function observeWith(tracer: Tracer, meter: Meter): EventListener {
  const requests = meter.createCounter("call_records.requests", {
    unit: "{request}",
    description: "Requests sent, repeated ones and those for tokens included.",
  });
  const retries = meter.createCounter("call_records.retries", {
    unit: "{retry}",
    description: "Requests that are repeated after a wait.",
  });
  const throttleTime = meter.createCounter("call_records.throttle.time", {
    unit: "s",
    description: "Waits for a vendor that refused for want of allowance.",
  });
  const rows = meter.createCounter("call_records.rows", {
    unit: "{row}",
    description: "Rows read, repeats left out; those beside the range, which windows hold as well, included.",
  });
  const duplicates = meter.createCounter("call_records.duplicates", {
    unit: "{row}",
    description: "Rows that came twice, and were handed out once.",
  });
  const duration = meter.createHistogram("http.client.request.duration", {
    unit: "s",
    description: "Duration of HTTP client requests.",
    advice: { explicitBucketBoundaries: DURATION_BOUNDARIES },
  });
  /** By id, while they are open. Each that is opened is closed, however its reading ends: they do not pile up. */
  const windows = new Map<string, Span>();

  function openWindow(event: EventOf<"window-opened">): void {
    const span = tracer.startSpan(`window ${event.operation}`, {
      startTime: new Date(event.at),
      attributes: {
        ...ownerOf(event),
        "call_records.provider": event.provider,
        "call_records.invocation": event.invocation,
        "call_records.application": event.application ?? undefined,
        "call_records.window.from": event.from ?? undefined,
        "call_records.window.to": event.to ?? undefined,
        ...Object.fromEntries(
          Object.entries(event.parameters).map(([name, value]) => [`call_records.parameter.${name}`, value]),
        ),
      },
    });
    windows.set(event.window, span);
  }

  function closeWindow(event: EventOf<"window-closed">): void {
    rows.add(event.rows, ownerOf(event));
    const span = windows.get(event.window);
    windows.delete(event.window);
    span?.setAttributes({ "call_records.window.result": event.result, "call_records.rows": event.rows });
    if (BAD_FATES.includes(event.result)) fail(span, event.error ?? event.result);
    span?.end(new Date(event.at));
  }

  function tellRequest(event: EventOf<"request">): void {
    const http = httpOf(event);
    requests.add(1, { ...ownerOf(event), ...errorOf(event) });
    duration.record(event.durationMs / 1000, { ...http, "call_records.account": event.account });
    const window = event.window === null ? undefined : windows.get(event.window);
    const end = new Date(event.at);
    const span = tracer.startSpan(
      `${event.method} ${event.operation}`,
      {
        kind: SpanKind.CLIENT,
        startTime: new Date(end.getTime() - event.durationMs),
        attributes: {
          ...http,
          ...ownerOf(event),
          "call_records.provider": event.provider,
          "call_records.invocation": event.invocation,
          "call_records.page": event.page ?? undefined,
          "call_records.attempt": event.attempt,
          "call_records.vendor_code": event.vendorCode ?? undefined,
          "http.request.resend_count": event.attempt > 1 ? event.attempt - 1 : undefined,
        },
      },
      window === undefined ? context.active() : trace.setSpan(context.active(), window),
    );
    if (event.error !== null) fail(span, event.error, event.vendorCode ?? undefined);
    span.end(end);
  }

  function tellRetry(event: EventOf<"retry">): void {
    retries.add(1, { ...ownerOf(event), ...errorOf(event) });
    const window = event.window === null ? undefined : windows.get(event.window);
    const attributes = {
      "call_records.attempt": event.attempt,
      "call_records.wait_seconds": event.waitMs / 1000,
      ...errorOf(event),
    };
    window?.addEvent("retry", attributes, new Date(event.at));
  }

  return (event) => {
    switch (event.type) {
      case "window-opened":
        openWindow(event);
        break;
      case "window-closed":
        closeWindow(event);
        break;
      case "request":
        tellRequest(event);
        break;
      case "retry":
        tellRetry(event);
        break;
      case "throttle":
        throttleTime.add(event.waitMs / 1000, ownerOf(event));
        break;
      case "duplicate":
        duplicates.add(1, { ...ownerOf(event), "call_records.same_content": event.sameContent });
        break;
    }
  };
}

function ownerOf({ account, operation }: { account: string; operation: string }): Attributes {
  return { "call_records.account": account, "call_records.operation": operation };
}

function errorOf({ error }: { error: string | null }): Attributes {
  return error === null ? {} : { "error.type": error };
}

/** What the semantic conventions for HTTP name. */
function httpOf(event: EventOf<"request">): Attributes {
  const { protocol, hostname, port } = event.server === null ? {} : new URL(event.server);
  return {
    "http.request.method": event.method,
    "http.response.status_code": event.status ?? undefined,
    "server.address": hostname,
    "server.port": protocol === undefined ? undefined : Number(port) || (protocol === "http:" ? 80 : 443),
    ...errorOf(event),
  };
}

function fail(span: Span | undefined, error: string, message = error): void {
  span?.setAttribute("error.type", error);
  span?.setStatus({ code: SpanStatusCode.ERROR, message });
}
