import { createServer } from "node:http";
import { afterAll } from "vitest";
import { z } from "zod";

const attributes = z
  .array(
    z.object({
      key: z.string(),
      value: z.object({ stringValue: z.string().optional(), intValue: z.number().optional() }),
    }),
  )
  .transform((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, value.stringValue ?? value.intValue])));
const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  attributes,
});
const tracesSchema = z.object({
  resourceSpans: z.array(
    z.object({ resource: z.object({ attributes }), scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) }),
  ),
});
const point = z.object({ attributes, asDouble: z.number().optional(), count: z.number().optional() });
const metricSchema = z.object({
  name: z.string(),
  unit: z.string(),
  sum: z.object({ dataPoints: z.array(point) }).optional(),
  histogram: z.object({ dataPoints: z.array(point) }).optional(),
});
const metricsSchema = z.object({
  resourceMetrics: z.array(z.object({ scopeMetrics: z.array(z.object({ metrics: z.array(metricSchema) })) })),
});

export interface OtlpCollector {
  endpoint: string;
  /** The bodies of the received requests. */
  readonly bodies: readonly string[];
  readonly services: Set<unknown>;
  readonly spans: z.infer<typeof spanSchema>[];
  /** The last received state of each metric, by name. */
  readonly metrics: Map<string, z.infer<typeof metricSchema>>;
}

/** Starts a collector of traces and metrics in OTLP, as JSON over HTTP. It is closed at the end of the test file. */
export async function startOtlpCollector(): Promise<OtlpCollector> {
  const bodies: string[] = [];
  const collected = {
    bodies,
    services: new Set<unknown>(),
    spans: [] as OtlpCollector["spans"],
    metrics: new Map() as OtlpCollector["metrics"],
  };
  const collect = (path: string, text: string) => {
    bodies.push(text);
    if (path === "/v1/traces") {
      for (const { resource, scopeSpans } of tracesSchema.parse(JSON.parse(text)).resourceSpans) {
        collected.services.add(resource.attributes["service.name"]);
        collected.spans.push(...scopeSpans.flatMap(({ spans }) => spans));
      }
    } else if (path === "/v1/metrics") {
      const scopes = metricsSchema.parse(JSON.parse(text)).resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics);
      for (const metric of scopes.flatMap(({ metrics }) => metrics)) collected.metrics.set(metric.name, metric);
    } else throw new TypeError(`The collector has no path ${path}.`);
  };
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      try {
        collect(request.url ?? "", text);
        response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
      } catch (error) {
        response.writeHead(400).end(String(error));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server has no port.");
  return { endpoint: `http://127.0.0.1:${address.port}`, ...collected };
}
