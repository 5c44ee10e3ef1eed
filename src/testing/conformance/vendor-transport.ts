import type { PreparedRequest, RawResponse, Transport } from "../../index.js";
import type { ConformanceVendor } from "./subject.js";
import type { VirtualClock } from "../virtual-clock.js";

/** The simulated network between the client and the vendor. */
export interface NetworkConditions {
  /** Returns the delay of a response in milliseconds; default none. */
  delayMs?: () => number;
  /** Returns a response that replaces the vendor's, or null. May throw a NetworkError to simulate a missing response. */
  intercept?: (request: PreparedRequest) => RawResponse | null;
}

/** Sends requests to a vendor that is a function. */
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
