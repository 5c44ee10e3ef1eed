import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, context, type ContextManager, ROOT_CONTEXT, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, it } from "vitest";
import type { ClientEvent, RecordStream } from "call-records";
import { observeWith } from "../../examples/opentelemetry/observe-with.js";
import { daysAgo, openEmulator, rejectionOf } from "../client/stage.js";
import { type HostileStage, openHostileStage, VENDORS, whileStalling } from "../hostile/hostile-stage.js";
import { credentialsOf } from "./credentials-of.js";
import { runExample } from "./example-process.js";
import { startOtlpCollector } from "./otlp-collector.js";

type EventOf<Type extends ClientEvent["type"]> = Extract<ClientEvent, { type: Type }>;
const isOf =
  <Type extends ClientEvent["type"]>(type: Type) =>
  (event: ClientEvent): event is EventOf<Type> =>
    event.type === type;

const time = ([seconds, nanoseconds]: [number, number]) => seconds * 1000 + nanoseconds / 1e6;
const isOperation = (span: ReadableSpan, operation: string) => span.attributes["call_records.operation"] === operation;
const parentOf = (span: ReadableSpan) => span.parentSpanContext?.spanId;

/** A range that has several windows of several pages at every vendor. */
const range = { from: daysAgo(80), to: daysAgo(1) };
const emulated = { days: 85, callsPerDay: 20 };

/** Opens three vendors and a client, and returns everything that the listener records in the SDK. */
async function openObserved(options: Parameters<typeof openHostileStage>[0] = {}) {
  const exporter = new InMemorySpanExporter();
  const started: ReadableSpan[] = [];
  const noteStart: SpanProcessor = {
    onStart: (span) => started.push(span),
    onEnd: () => undefined,
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter), noteStart] }).getTracer(
    "test",
  );
  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: metricExporter })] });
  const observe = observeWith(tracer, meters.getMeter("test"));
  const events: ClientEvent[] = [];
  const onEvent = (event: ClientEvent) => {
    events.push(event);
    observe(event);
  };
  const stage = await openHostileStage({ emulator: emulated, ...options, client: { onEvent, ...options.client } });
  const metrics = async () => {
    await meters.forceFlush();
    return (metricExporter.getMetrics().at(-1)?.scopeMetrics ?? []).flatMap((scope) => scope.metrics);
  };
  return {
    stage,
    tracer,
    events,
    started,
    metrics,
    /** Returns the ended spans, in the order in which they ended. */
    spans: () => exporter.getFinishedSpans(),
    windows: () => exporter.getFinishedSpans().filter(({ name }) => name.startsWith("window ")),
    requests: () => exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.CLIENT),
    /** Returns the sum of a counter over the points with these attributes. */
    sum: async (name: string, attributes: Record<string, unknown> = {}) => {
      const points = (await metrics()).find(({ descriptor }) => descriptor.name === name)?.dataPoints ?? [];
      const matching = points.filter((point) =>
        Object.entries(attributes).every(([key, value]) => point.attributes[key] === value),
      );
      return matching.reduce((sum, { value }) => sum + (typeof value === "number" ? value : value.count), 0);
    },
  };
}
type Observed = Awaited<ReturnType<typeof openObserved>>;

/** Injects a rate limit, an outage and a stalled response at every vendor. */
function injectFaults({ emulator }: HostileStage): void {
  for (const vendor of VENDORS) {
    emulator.inject("http-429", { vendor, retryAfter: 2 });
    emulator.inject("http-503", { vendor, after: 1 });
    emulator.inject("stalled-body", { vendor, after: 2 });
    emulator.inject("throttled", { vendor, after: 3 });
  }
}

/** Returns the maximum number of windows that were open at the same time. */
function mostOpen(events: readonly ClientEvent[]): number {
  let open = 0;
  let most = 0;
  for (const { type } of events) {
    if (type === "window-opened") open += 1;
    else if (type === "window-closed") open -= 1;
    most = Math.max(most, open);
  }
  return most;
}

/** Expects that every started span has ended, and that the parent of each request is the span of its window, which contains it in time. */
function expectSound({ events, started, spans, windows, requests }: Observed): void {
  expect(spans()).toHaveLength(started.length);
  const opened = events.filter(isOf("window-opened"));
  const spanOf = new Map(
    started.filter(({ name }) => name.startsWith("window ")).map((span, index) => [opened[index]?.window ?? "", span]),
  );
  expect(windows()).toHaveLength(opened.length);
  expect(spanOf.size).toBe(opened.length);
  const sent = events.filter(isOf("request"));
  expect(requests()).toHaveLength(sent.length);
  for (const [index, request] of requests().entries()) {
    const window = spanOf.get(sent[index]?.window ?? "");
    expect(parentOf(request)).toBe(window?.spanContext().spanId);
    expect(window === undefined).toBe(isOperation(request, "token"));
    if (window === undefined) continue;
    for (const name of ["call_records.account", "call_records.operation", "call_records.invocation"])
      expect(request.attributes[name]).toBe(window.attributes[name]);
    expect(time(request.startTime)).toBeGreaterThanOrEqual(time(window.startTime));
    expect(time(request.endTime)).toBeLessThanOrEqual(time(window.endTime));
  }
}

const readAll = (stream: RecordStream) => stream.toArray({ max: 100_000 });

describe("the trace of a reading with 429, 503 and stalled responses", () => {
  it("has one span for each window, and in it one for each request that a vendor received", async () => {
    const observed = await openObserved();
    const { stage, requests, windows } = observed;
    injectFaults(stage);
    await whileStalling(stage, readAll(stage.client.records(range)));
    expectSound(observed);
    expect(mostOpen(observed.events)).toBeGreaterThan(VENDORS.length);
    for (const vendor of VENDORS) {
      const own = (span: ReadableSpan) => span.attributes["call_records.provider"] === vendor;
      expect(requests().filter(own)).toHaveLength(
        stage.emulator.requests.filter((request) => request.vendor === vendor).length,
      );
      expect(windows().filter(own).length).toBeGreaterThan(1);
      for (const { attributes } of requests().filter(own)) {
        expect(`http://${String(attributes["server.address"])}:${String(attributes["server.port"])}`).toBe(
          stage.emulator.endpoints[vendor],
        );
      }
    }
  });

  it("marks failed requests with their error, and retries with their attempt", async () => {
    const { stage, requests, windows, events } = await openObserved();
    injectFaults(stage);
    await whileStalling(stage, readAll(stage.client.records(range)));
    const failed = requests().filter(({ status }) => status.code === SpanStatusCode.ERROR);
    const errors = (vendor: string) =>
      failed
        .filter(({ attributes }) => attributes["call_records.account"] === vendor)
        .map(({ attributes }) => [attributes["http.response.status_code"], attributes["error.type"]]);
    for (const vendor of VENDORS) {
      expect(errors(vendor)).toHaveLength(4);
      expect(errors(vendor)).toEqual(
        expect.arrayContaining([
          [429, "rate-limit"],
          [503, "vendor"],
          [undefined, "timeout"],
          [vendor === "huawei-cec" ? 429 : 200, "rate-limit"],
        ]),
      );
    }
    for (const { status, attributes } of requests())
      expect(status.code === SpanStatusCode.ERROR).toBe(attributes["error.type"] !== undefined);
    const again = requests().filter(({ attributes }) => attributes["http.request.resend_count"] !== undefined);
    expect(again).toHaveLength(events.filter(isOf("retry")).length);
    const retriesOf = events.filter(isOf("retry")).filter(({ window }) => window !== null);
    expect(
      windows()
        .flatMap((window) => window.events.map(({ name, attributes }) => [name, attributes?.["error.type"]]))
        .sort(),
    ).toEqual(retriesOf.map(({ error }) => ["retry", error]).sort());
    expect(windows().every(({ status }) => status.code === SpanStatusCode.UNSET)).toBe(true);
  });

  it("has metrics that agree with the report", async () => {
    // With this option windows are not widened, so every row that is read is in the range.
    const start = { filtersOn: "start" } as const;
    const { stage, sum, metrics } = await openObserved({ tencent: start, huawei: start, itniotech: start });
    injectFaults(stage);
    stage.emulator.inject("duplicate-row", { vendor: "itniotech", after: 4 });
    const stream = stage.client.records(range);
    await whileStalling(stage, readAll(stream));
    const throttled = 2 + 1;
    for (const report of stream.report().accounts) {
      const own = { "call_records.account": report.account };
      expect(report).toMatchObject({ status: "complete", throttles: 2 });
      expect(await sum("call_records.rows", own)).toBe(report.rows);
      expect(await sum("call_records.requests", own)).toBe(report.requests);
      expect(await sum("http.client.request.duration", own)).toBe(report.requests);
      expect(await sum("call_records.retries", own)).toBe(report.retries);
      expect(await sum("call_records.retries", { ...own, "error.type": "rate-limit" })).toBe(report.throttles);
      expect(await sum("call_records.duplicates", own)).toBe(report.duplicates);
      // Delays have no jitter here, and only throttling causes them.
      expect(await sum("call_records.throttle.time", own)).toBe(throttled);
      expect(report.waitedMs).toBe(throttled * 1000);
    }
    expect(await sum("call_records.duplicates")).toBe(1);
    const names = new Set(
      (await metrics()).flatMap(({ dataPoints }) => dataPoints.flatMap(({ attributes }) => Object.keys(attributes))),
    );
    expect([...names].sort()).toEqual([
      "call_records.account",
      "call_records.operation",
      "call_records.same_content",
      "error.type",
      "http.request.method",
      "http.response.status_code",
      "server.address",
      "server.port",
    ]);
  });

  it("contains no key, token or signature, also in its metrics", async () => {
    const { stage, spans, metrics } = await openObserved();
    injectFaults(stage);
    await whileStalling(stage, readAll(stage.client.records(range)));
    const text = JSON.stringify([
      spans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
      await metrics(),
    ]);
    expect(text.length).toBeGreaterThan(10_000);
    for (const secret of credentialsOf(stage.emulator)) expect(text).not.toContain(secret);
  });
});

describe("the trace of a reading that does not complete", () => {
  it("marks the failed window as an error, and ends the others", async () => {
    const observed = await openObserved();
    observed.stage.emulator.inject("redirect", { vendor: "itniotech", after: 1 });
    await rejectionOf(readAll(observed.stage.client.records(range)));
    expectSound(observed);
    const failed = observed.windows().filter(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(
      failed.map(({ attributes }) => [
        attributes["call_records.account"],
        attributes["call_records.window.result"],
        attributes["error.type"],
      ]),
    ).toEqual([["itniotech", "failed", "response"]]);
  });

  it("ends every window when it is aborted", async () => {
    const observed = await openObserved();
    const stop = new AbortController();
    const reading = async () => {
      for await (const record of observed.stage.client.records({ ...range, signal: stop.signal }))
        if (record.id !== "") stop.abort();
    };
    await rejectionOf(reading());
    expectSound(observed);
    const results = observed.windows().map(({ attributes }) => attributes["call_records.window.result"]);
    expect(results).toContain("stopped");
    expect(observed.windows().every(({ status }) => status.code === SpanStatusCode.UNSET)).toBe(true);
  });
});

/** The part of the manager of `@opentelemetry/context-async-hooks` that is needed here. */
class AsyncContext implements ContextManager {
  private readonly storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.storage.getStore() ?? ROOT_CONTEXT;
  }

  with<Arguments extends unknown[], Result>(
    within: Context,
    run: (...values: Arguments) => Result,
    self?: ThisParameterType<typeof run>,
    ...values: Arguments
  ): Result {
    return this.storage.run(within, () => run.call(self, ...values));
  }

  bind<Target>(_: Context, target: Target): Target {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.storage.disable();
    return this;
  }
}

describe("under a context manager", () => {
  afterEach(() => {
    context.disable();
  });

  it("windows are in the span of the job that reads them, with two concurrent jobs", async () => {
    context.setGlobalContextManager(new AsyncContext());
    const { stage, tracer, windows, requests } = await openObserved();
    injectFaults(stage);
    const job = (name: string) =>
      tracer.startActiveSpan(name, async (span) => {
        await readAll(stage.client.records(range));
        span.end();
        return span.spanContext();
      });
    const jobs = await whileStalling(stage, Promise.all([job("first"), job("second")]));
    const invocationsOf = (spanId: string) =>
      new Set(
        windows()
          .filter((window) => parentOf(window) === spanId)
          .map(({ attributes }) => attributes["call_records.invocation"]),
      );
    expect(jobs.map(({ spanId }) => invocationsOf(spanId).size)).toEqual([1, 1]);
    expect(new Set(jobs.flatMap(({ spanId }) => [...invocationsOf(spanId)])).size).toBe(2);
    expect(windows().every((window) => jobs.some(({ spanId }) => parentOf(window) === spanId))).toBe(true);
    expect(requests().every((request) => jobs.some(({ traceId }) => request.spanContext().traceId === traceId))).toBe(
      true,
    );
  });
});

describe("the example", () => {
  it("sends its spans and metrics to a collector before it ends", { timeout: 120_000 }, async () => {
    const collector = await startOtlpCollector();
    const emulator = await openEmulator({ now: Date.now, days: 9, callsPerDay: 20 });
    emulator.inject("throttled", { vendor: "itniotech" });
    const { code, stdout, stderr } = await runExample("opentelemetry", [], {
      ...emulator.environment(),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^\d+ calls were read\.$/m);
    expect(stdout).toMatch(/^itniotech: complete, \d+ windows in \d+ requests, 1 of them retries$/m);
    expect([...collector.services]).toEqual(["call-records-example"]);

    const windows = new Map(
      collector.spans.filter(({ name }) => name.startsWith("window ")).map((span) => [span.spanId, span]),
    );
    const jobs = collector.spans.filter(({ name }) => name === "read a week of calls");
    expect(jobs).toHaveLength(1);
    // All spans are one trace: the job is the parent of the windows, and of the requests for tokens, which belong to no window.
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
    for (const { parentSpanId } of windows.values()) expect(parentSpanId).toBe(jobs[0]?.spanId);
    const requests = collector.spans.filter(({ parentSpanId = "" }) => windows.has(parentSpanId));
    expect(collector.spans.filter(({ attributes }) => attributes["http.request.method"] !== undefined)).toHaveLength(
      emulator.requests.length,
    );
    expect(requests).toHaveLength(emulator.requests.filter(({ operation }) => !operation.startsWith("token")).length);
    for (const { parentSpanId = "", traceId, startTimeUnixNano, endTimeUnixNano } of requests) {
      const window = windows.get(parentSpanId);
      expect(window?.traceId).toBe(traceId);
      expect(
        window !== undefined &&
          window.startTimeUnixNano <= startTimeUnixNano &&
          endTimeUnixNano <= window.endTimeUnixNano,
      ).toBe(true);
    }
    const sum = (name: string) =>
      collector.metrics.get(name)?.sum?.dataPoints.reduce((total, { asDouble = 0 }) => total + asDouble, 0);
    expect(sum("call_records.requests")).toBe(emulator.requests.length);
    expect(sum("call_records.retries")).toBe(1);
    expect(sum("call_records.throttle.time")).toBeGreaterThanOrEqual(1);
    expect(sum("call_records.rows")).toBeGreaterThanOrEqual(Number(/^\d+/m.exec(stdout)?.[0]));
    expect(collector.metrics.get("http.client.request.duration")).toMatchObject({
      unit: "s",
      histogram: expect.anything() as unknown,
    });
    for (const secret of credentialsOf(emulator))
      for (const text of [...collector.bodies, stdout]) expect(text).not.toContain(secret);
  });
});
