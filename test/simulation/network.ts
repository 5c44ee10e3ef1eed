import type { PreparedRequest, RawResponse, Transport } from "../../src/index.js";
import { NetworkError, ResponseError } from "../../src/index.js";
import { Random } from "../../src/testing/data/random.js";
import { bodyOf, type Vendor, type VendorResponse, type VendorRequest } from "../../src/testing/vendor.js";
import type { VirtualClock } from "../engine/virtual-clock.js";
import type { ScenarioQuirks } from "./quirks.js";

/** A vendor and its host. */
export interface Host {
  vendor: Vendor;
  host: string;
}

export interface NetworkRules {
  seed: number;
  latency: { minMs: number; maxMs: number };
  /** The period in which no vendor can be reached; null if there is none. */
  outage: { from: number; to: number } | null;
  quirks?: Pick<ScenarioQuirks, "stragglers" | "slowListMs" | "wrongDates" | "forbidden">;
}

/** A request that the client has sent. */
export interface Sent {
  host: string;
  at: number;
  /** The number of requests in flight at that time, including this one. */
  inFlight: number;
}

/** The network between a client and its vendors, in virtual time. The seed determines the latency and the outcome of each request. */
export class SimulatedNetwork implements Transport {
  readonly sent: Sent[] = [];
  inFlight = 0;
  private outageIsOver = false;
  private readonly random: Random;
  /** A separate generator, so that quirks do not change the usual latencies. */
  private readonly unusual: Random;

  constructor(
    private readonly hosts: readonly Host[],
    private readonly clock: VirtualClock,
    private readonly rules: NetworkRules,
    /** The vendors' clock, for the `Date` header. */
    private readonly vendorsNow: () => number,
  ) {
    this.random = new Random(rules.seed);
    this.unusual = new Random(rules.seed + 3);
  }

  async send(request: PreparedRequest, signal: AbortSignal): Promise<RawResponse> {
    signal.throwIfAborted();
    const { host } = new URL(request.url);
    this.inFlight += 1;
    this.sent.push({ host, at: this.clock.now(), inFlight: this.inFlight });
    try {
      return await this.carry(request, host, signal);
    } finally {
      this.inFlight -= 1;
    }
  }

  private async carry(request: PreparedRequest, host: string, signal: AbortSignal): Promise<RawResponse> {
    const vendor = this.hosts.find((one) => one.host === host)?.vendor;
    if (vendor === undefined)
      throw new NetworkError(`There is no ${host}.`, { vendorCode: "ENOTFOUND", retryable: true });
    await this.travel(signal);
    if (this.isDown()) throw new NetworkError("Connection refused.", { vendorCode: "ECONNREFUSED", retryable: true });
    if (this.isForbidden())
      return this.toRawResponse({
        status: 403,
        contentType: "text/html",
        body: "",
        operation: vendor.operationOf(received(request)),
        refusal: "403",
      });
    const response = vendor.respond(received(request));
    switch (response.wire) {
      case "reset":
      case "cut-body":
        await this.travel(signal);
        throw new NetworkError("Connection reset.", { vendorCode: "ECONNRESET", retryable: true });
      case "bomb":
        throw new ResponseError("The response is too large.");
      case "stalled-header":
      case "stalled-body":
        return neverRespond(signal);
      case undefined:
        break;
    }
    await this.travel(signal);
    await this.delay(request, signal);
    return this.toRawResponse(response);
  }

  /** Ends the outage and the refusals of the firewall. */
  endOutage(): void {
    this.outageIsOver = true;
  }

  private isDown(): boolean {
    const { outage } = this.rules;
    const now = this.clock.elapsed();
    return !this.outageIsOver && outage !== null && now >= outage.from && now < outage.to;
  }

  private isForbidden(): boolean {
    const { forbidden } = this.rules.quirks ?? {};
    return forbidden !== undefined && !this.outageIsOver && this.unusual.chance(forbidden);
  }

  private async travel(signal: AbortSignal): Promise<void> {
    const { minMs, maxMs } = this.rules.latency;
    await this.clock.sleep(this.random.integer(minMs, maxMs) / 2, signal);
  }

  /** Delays a response, if it is a straggler or belongs to the slow list. */
  private async delay({ body }: PreparedRequest, signal: AbortSignal): Promise<void> {
    const { stragglers, slowListMs } = this.rules.quirks ?? {};
    const own =
      stragglers !== undefined && this.unusual.chance(stragglers.share) ? this.unusual.integer(0, stragglers.maxMs) : 0;
    const late = own + (slowListMs !== undefined && isOfSlowList(body ?? "") ? slowListMs : 0);
    if (late > 0) await this.clock.sleep(late, signal);
  }

  private get date(): Date {
    const { wrongDates } = this.rules.quirks ?? {};
    const isWrong = wrongDates !== undefined && this.unusual.chance(wrongDates.share);
    return new Date(this.vendorsNow() + (isWrong ? wrongDates.aheadMs : 0));
  }

  private toRawResponse(response: VendorResponse): RawResponse {
    const { status, headers = {} } = response;
    const body = bodyOf(response);
    const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    return {
      status,
      headers: { date: this.date.toUTCString(), ...lowerCase },
      text: typeof body === "string" ? body : Buffer.from(body).toString(),
    };
  }
}

function received({ method, url, headers, body }: PreparedRequest): VendorRequest {
  const { host, pathname, search } = new URL(url);
  const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    method,
    path: pathname,
    query: search.slice(1),
    headers: { host, ...lowerCase },
    body: Buffer.from(body ?? ""),
  };
}

/** Whether a request is for Tencent's second application or Huawei's second list. */
function isOfSlowList(body: string): boolean {
  return body.includes('"SdkAppId":1400000001') || body.includes('"taskType":"4"');
}

/** Never resolves, and rejects when it is aborted. */
function neverRespond(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
  });
}
