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

/** The bucket boundaries that the semantic conventions recommend for this histogram, in seconds. */
const DURATION_BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** The results of windows that are errors. */
const FAILED_RESULTS: readonly string[] = [
  "failed",
  "incomplete",
  "unreadable",
] satisfies EventOf<"window-closed">["result"][];

/**
 * Returns a listener for the `onEvent` of one client. It records a span for each vendor window, with a child span for each request, and metrics. The parent of a
 * window is the span that is active where the records are read, so that with a context manager one job is one trace.
 *
 * Attributes of metrics have few values: accounts, operations, error codes. Attributes with many values, such as ids and times, are on spans only. Paths and
 * queries of URLs are not recorded, because they may contain personal data.
 */
export function observeWith(tracer: Tracer, meter: Meter): EventListener {
  const requests = meter.createCounter("call_records.requests", {
    unit: "{request}",
    description: "Requests sent, including retries and requests for tokens.",
  });
  const retries = meter.createCounter("call_records.retries", {
    unit: "{retry}",
    description: "Retries of requests.",
  });
  const throttleTime = meter.createCounter("call_records.throttle.time", {
    unit: "s",
    description: "Time waited after rate-limit refusals.",
  });
  const rows = meter.createCounter("call_records.rows", {
    unit: "{row}",
    description: "Distinct rows read, including rows of a window that are outside the requested range.",
  });
  const duplicates = meter.createCounter("call_records.duplicates", {
    unit: "{row}",
    description: "Repeated rows, which were removed.",
  });
  const duration = meter.createHistogram("http.client.request.duration", {
    unit: "s",
    description: "Duration of HTTP client requests.",
    advice: { explicitBucketBoundaries: DURATION_BOUNDARIES },
  });
  /** The open windows, by id. Every opened window is closed, even after an error, so the map does not grow. */
  const windows = new Map<string, Span>();

  function openWindow(event: EventOf<"window-opened">): void {
    const span = tracer.startSpan(`window ${event.operation}`, {
      startTime: new Date(event.at),
      attributes: {
        ...originOf(event),
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
    rows.add(event.rows, originOf(event));
    const span = windows.get(event.window);
    windows.delete(event.window);
    span?.setAttributes({ "call_records.window.result": event.result, "call_records.rows": event.rows });
    if (FAILED_RESULTS.includes(event.result)) fail(span, event.error ?? event.result);
    span?.end(new Date(event.at));
  }

  function recordRequest(event: EventOf<"request">): void {
    const http = httpOf(event);
    requests.add(1, { ...originOf(event), ...errorOf(event) });
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
          ...originOf(event),
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

  function recordRetry(event: EventOf<"retry">): void {
    retries.add(1, { ...originOf(event), ...errorOf(event) });
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
        recordRequest(event);
        break;
      case "retry":
        recordRetry(event);
        break;
      case "throttle":
        throttleTime.add(event.waitMs / 1000, originOf(event));
        break;
      case "duplicate":
        duplicates.add(1, { ...originOf(event), "call_records.same_content": event.sameContent });
        break;
    }
  };
}

function originOf({ account, operation }: { account: string; operation: string }): Attributes {
  return { "call_records.account": account, "call_records.operation": operation };
}

function errorOf({ error }: { error: string | null }): Attributes {
  return error === null ? {} : { "error.type": error };
}

/** Returns the attributes that the semantic conventions define for HTTP. */
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
