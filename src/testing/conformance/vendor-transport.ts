import type { PreparedRequest, RawResponse, Transport } from "../../index.js";
import type { ConformanceVendor } from "./subject.js";
import type { VirtualClock } from "./virtual-clock.js";

/** What happens between the client and the vendor. */
export interface NetworkConditions {
  /** Milliseconds that an answer takes; default none. */
  delayMs?: () => number;
  /** What comes in place of the vendor's answer, or null for the vendor's. May throw a NetworkError, for no answer at all. */
  intercept?: (request: PreparedRequest) => RawResponse | null;
}

/** Brings requests to a vendor that is a function. */
export class VendorTransport implements Transport {
  constructor(
    private readonly vendor: ConformanceVendor,
    private readonly clock: VirtualClock,
    private readonly network: NetworkConditions = {},
  ) {}

  async send(request: PreparedRequest, signal: AbortSignal): Promise<RawResponse> {
    const { delayMs, intercept } = this.network;
    const response =
      intercept?.(request) ??
      (await this.clock.pauseDuring(() => this.vendor.respond(request, new Date(this.clock.now()))));
    if (delayMs !== undefined) await this.clock.sleep(delayMs(), signal);
    return response;
  }
}
