/**
 * Reads a week of calls, and sends a trace and metrics of the reading to a collector by OTLP: `npx tsx examples/opentelemetry/run.ts`. The collector
 * is where OTEL_EXPORTER_OTLP_ENDPOINT says, else on port 4318 of this machine.
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

// Of a collector that cannot be reached, the SDK tells nobody but this.
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
const resource = resourceFromAttributes({ [ATTR_SERVICE_NAME]: "call-records-example" });
const traces = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
const metrics = new MeterProvider({
  resource,
  readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter() })],
});
// By it the windows of a job know the job's span.
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
    console.log(`${account}: ${status}, ${windows} windows in ${requests} requests, ${retries} of them again`);
  }
}

try {
  // One trace for the job: its span, in it the windows, in them their requests.
  await tracer.startActiveSpan("read a week of calls", (job) =>
    readWeek().finally(() => {
      job.end();
    }),
  );
} finally {
  await client.close();
  await vendors.close();
  // Sends what has not been sent yet.
  await Promise.allSettled([traces.shutdown(), metrics.shutdown()]);
}
