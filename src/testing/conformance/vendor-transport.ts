import type { PreparedRequest, RawResponse, Transport } from "../../index.js";
import type { ConformanceVendor } from "./subject.js";
import type { VirtualClock } from "./virtual-clock.js";

/** What happens between the client and the vendor. */
export interface Journey {
  /** Milliseconds that an answer takes; default none. */
  delay?: () => number;
  /** What comes in place of the vendor's answer, or null for the vendor's. May throw a NetworkError, for no answer at all. */
  intercept?: (request: PreparedRequest) => RawResponse | null;
}

/** Brings requests to a vendor that is a function. */
export class VendorTransport implements Transport {
  constructor(
    private readonly vendor: ConformanceVendor,
    private readonly clock: VirtualClock,
    private readonly journey: Journey = {},
  ) {}

  async send(request: PreparedRequest, signal: AbortSignal): Promise<RawResponse> {
    const { delay, intercept } = this.journey;
    const response =
      intercept?.(request) ??
      (await this.clock.during(() => this.vendor.response(request, new Date(this.clock.now()))));
    if (delay !== undefined) await this.clock.sleep(delay(), signal);
    return response;
  }
}
