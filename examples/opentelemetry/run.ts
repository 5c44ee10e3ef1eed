/**
 * Reads a week of calls, and sends a trace and metrics of this to a collector by OTLP: `npx tsx examples/opentelemetry/run.ts`. OTEL_EXPORTER_OTLP_ENDPOINT is the
 * address of the collector, by default port 4318 of this machine.
 */
import { context, diag, DiagConsoleLogger, DiagLogLevel } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { ATTR_SERVICE_NAME } from "@opentelemetry/semantic-conventions";
import { CallRecordsClient } from "call-records";
import { openVendors } from "../vendors.js";
import { observeWith } from "./observe-with.js";

// The SDK reports an unreachable collector only to this logger.
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
const resource = resourceFromAttributes({ [ATTR_SERVICE_NAME]: "call-records-example" });
const traces = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
const metrics = new MeterProvider({
  resource,
  readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],
});
// The context manager makes the span of the job the parent of its windows.
context.setGlobalContextManager(new AsyncLocalStorageContextManager());
const tracer = traces.getTracer("call-records-example");

const vendors = await openVendors();
const onEvent = observeWith(traces.getTracer("call-records"), metrics.getMeter("call-records"));
const client = new CallRecordsClient({ providers: vendors.providers, onEvent });

async function readWeek(): Promise<void> {
  const to = new Date();
  const from = new Date(to.getTime() - 7 * 86_400_000);
  const stream = client.records({ from, to, raw: false });
  let calls = 0;
  for await (const batch of stream.batches()) calls += batch.length;
  console.log(`${calls} calls were read.`);
  for (const { account, status, windows, requests, retries } of stream.report().accounts) {
    console.log(`${account}: ${status}, ${windows} windows in ${requests} requests, ${retries} of them retries`);
  }
}

try {
  // One trace for the job: its span contains the windows, and these contain their requests.
  await tracer.startActiveSpan("read a week of calls", (job) =>
    readWeek().finally(() => {
      job.end();
    }),
  );
} finally {
  await client.close();
  await vendors.close();
  // Sends the remaining spans and metrics.
  await Promise.allSettled([traces.shutdown(), metrics.shutdown()]);
}
