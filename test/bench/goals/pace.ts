import { setTimeout as sleep } from "node:timers/promises";
import type { EmulatedVendors } from "../emulated.js";
import { atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";
import type { PlainLoop } from "../plain-loop.js";
import { type Process, start } from "../process.js";
import type { TencentRange } from "../processes/tencent-range.js";
import { progress } from "../progress.js";
import type { RangeRead } from "../read-range.js";
import { rangeThatReads, type Span } from "../span.js";
import { PAGES, type TencentAccount, tencentHistory } from "../tencent-history.js";

/** The round-trip times to the vendor. All are measured concurrently, because the processes mostly wait. */
const LATENCIES_MS = [50, 150, 300, 600];
const REQUESTS_PER_SECOND = 20;
const ROUNDS = 3;
/** The number of pages from which the time of a plain loop for all pages is extrapolated. */
const LOOP_PAGES = 5;

/** The results for one latency: medians of the rounds, and the sum of their refusals. */
interface Compared {
  latencyMs: number;
  requests: number;
  refusals: number;
  /** The client's time divided by the time at the rate limit. */
  overLimit: number;
  /** The times of the loops divided by the client's. */
  sdk: number;
  axios: number;
}

/** Measures how close the client is to Tencent's rate limit, the refusals of the vendor, and the time of plain loops over the same pages. */
export async function pace(): Promise<Measurement[]> {
  // All processes start before the first measurement, because their start delays others.
  const lanes = await Promise.all(LATENCIES_MS.map(openLane));
  const compared = await Promise.all(lanes.map(compare));
  return [
    ...compared.map(({ latencyMs, overLimit, requests }) =>
      atMost(1.05, {
        goal: `Tencent at ${REQUESTS_PER_SECOND}/s, ${latencyMs} ms away: wall ÷ pace limit`,
        value: overLimit,
        detail: `${requests} requests`,
      }),
    ),
    atMost(0, {
      goal: "requests refused in that run",
      value: compared.reduce((sum, { refusals }) => sum + refusals, 0),
      detail: `${ROUNDS} rounds of all`,
    }),
    ...compared.map(({ latencyMs, sdk, axios }): Measurement => {
      const measured = `SDK ${sdk.toFixed(2)}, axios ${axios.toFixed(2)}`;
      return {
        goal: `plain loop's wall ÷ the client's, ${latencyMs} ms away`,
        limit: "> 1",
        measured,
        result: Math.min(sdk, axios) > 1 ? "holds" : "fails",
      };
    }),
  ];
}

/** The processes for one latency, and the accounts that they read. */
interface Lane {
  latencyMs: number;
  span: Span;
  vendors: Process;
  client: Process;
  sdkLoop: Process;
  axiosLoop: Process;
  paced: TencentAccount;
  unpaced: TencentAccount;
}

async function openLane(latencyMs: number): Promise<Lane> {
  const { emulator, span } = tencentHistory();
  const [vendors, client, sdkLoop, axiosLoop] = await Promise.all([
    start("vendors"),
    start("tencent-range"),
    start("sdk-loop"),
    start("axios-loop"),
  ]);
  const open = async (requestsPerSecond: number): Promise<TencentAccount> => {
    const { endpoints, credentials } = await vendors.run<EmulatedVendors>({
      ...emulator,
      latencyMs,
      requestsPerSecond: { "tencent-ccc": requestsPerSecond },
    });
    const { secretId, secretKey, sdkAppIds } = credentials["tencent-ccc"];
    return { endpoint: endpoints["tencent-ccc"], secretId, secretKey, sdkAppId: sdkAppIds[0] ?? 0 };
  };
  return {
    latencyMs,
    span,
    vendors,
    client,
    sdkLoop,
    axiosLoop,
    paced: await open(REQUESTS_PER_SECOND),
    unpaced: await open(Number.POSITIVE_INFINITY),
  };
}

async function compare({
  latencyMs,
  span,
  vendors,
  client,
  sdkLoop,
  axiosLoop,
  paced,
  unpaced,
}: Lane): Promise<Compared> {
  const range: TencentRange = { ...paced, range: rangeThatReads(span) };
  const loop: PlainLoop = { ...unpaced, span, pages: LOOP_PAGES };
  const rounds: Omit<Compared, "latencyMs" | "refusals">[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const { wallMs, requests } = await client.run<RangeRead>(range);
    const [sdkMs, axiosMs] = await Promise.all([sdkLoop.run<number>(loop), axiosLoop.run<number>(loop)]);
    const overClient = (loopMs: number) => (loopMs * PAGES) / LOOP_PAGES / wallMs;
    rounds.push({
      requests,
      overLimit: wallMs / ((requests / REQUESTS_PER_SECOND) * 1000),
      sdk: overClient(sdkMs),
      axios: overClient(axiosMs),
    });
    progress(
      `  pace, ${latencyMs} ms away, round ${round} of ${ROUNDS}: ${requests} requests in ${Math.round(wallMs)} ms`,
    );
    // The vendor counts the requests of the last second, which the client of the next round does not know.
    await sleep(1000);
  }
  const refusals = await vendors.run<number>("refusals");
  for (const running of [vendors, client, sdkLoop, axiosLoop]) running.stop();
  const of = (name: keyof (typeof rounds)[number]) => median(rounds.map((round) => round[name]));
  return {
    latencyMs,
    requests: of("requests"),
    refusals,
    overLimit: of("overLimit"),
    sdk: of("sdk"),
    axios: of("axios"),
  };
}
