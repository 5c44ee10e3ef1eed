import { CorruptData } from "../data/call-table.js";
import { Random } from "../data/random.js";
import { brokenJson } from "./broken-json.js";
import { isListFault, isWireFault, type FaultKind } from "./fault-kinds.js";
import type { DueFault, FaultPlan } from "./fault-plan.js";
import { isRecordingFault, withRecordingFault } from "../recordings/recording-faults.js";
import { webPage } from "./web-page.js";
import { bodyOf, type ResponseBody, type Vendor, type VendorResponse, type VendorRequest } from "../vendor.js";
import type { Refusal } from "../vendor-definition.js";
import { definitionOf, type VendorId } from "../vendors.js";

/** A response, and the fault that was applied to it. */
export interface FaultyResponse extends VendorResponse {
  fault: FaultKind | null;
}

/** The choice of the internal error for corrupt data does not matter. */
const BROKEN = new Random(1);

/** A vendor with the faults of a plan. */
export class FaultyVendor implements Vendor {
  readonly #vendor: Vendor;
  readonly #plan: FaultPlan;
  readonly #now: () => number;

  /** Pages that had a random flaw. It does not recur: a client that requests a page again, and gets the same flaw, cannot detect it. */
  readonly #flawedPages = new Set<string>();

  /** @param now the vendor's clock, for Retry-After dates. */
  constructor(
    readonly id: VendorId,
    /** The label of the account. */
    readonly account: string,
    vendor: Vendor,
    plan: FaultPlan,
    now: () => number,
  ) {
    this.#vendor = vendor;
    this.#plan = plan;
    this.#now = now;
  }

  operationOf(request: VendorRequest): string {
    return this.#vendor.operationOf(request);
  }

  revokeTokens(): void {
    this.#vendor.revokeTokens?.();
  }

  setApplications(sdkAppIds: readonly number[]): void {
    this.#vendor.setApplications?.(sdkAppIds);
  }

  respond(request: VendorRequest): FaultyResponse {
    const due = this.#plan.next(this.id, this.account, this.operationOf(request), this.#now);
    try {
      if (due === null) return { ...this.#vendor.respond(request), fault: null };
      const response = this.#applyFault(request, due);
      if (response.fault !== null) due.count();
      return response;
    } catch (error) {
      if (!(error instanceof CorruptData)) throw error;
      return { ...this.#refuse("internal-error", request, BROKEN), fault: null };
    }
  }

  /** Returns a response without a fault where the fault does not apply to this request. */
  #applyFault(request: VendorRequest, due: DueFault): FaultyResponse {
    const { kind } = due;
    if (isWireFault(kind)) return { ...this.#vendor.respond(request), wire: kind, fault: kind };
    if (isListFault(kind)) {
      const page = pageOf(request);
      if (due.isRandom && this.#flawedPages.has(page)) return { ...this.#vendor.respond(request), fault: null };
      const response = this.#vendor.respond(request, { fault: kind, shift: due.random.pick([1, -1]) });
      if (response.flawed !== true) return { ...response, fault: null };
      if (due.isRandom) this.#flawedPages.add(page);
      return { ...response, fault: kind };
    }
    if (isRecordingFault(kind)) {
      const response = this.#vendor.respond(request);
      const { recordingGone } = definitionOf(this.id);
      const faulty = withRecordingFault(kind, response, () => bodyOf(response), recordingGone);
      return { ...faulty, fault: kind };
    }
    switch (kind) {
      case "no-json": {
        const response = this.#vendor.respond(request);
        const body = bodyOf(response);
        return { ...response, body: body.slice(0, body.length >> 1), fault: kind };
      }
      case "broken-json": {
        const response = this.#vendor.respond(request);
        return { ...response, body: brokenJson(Buffer.from(bodyOf(response)).toString(), due.random), fault: kind };
      }
      case "wrong-shape": {
        const response = this.#vendor.respond(request);
        const whole = bodyOf(response);
        const body = withoutLists(whole);
        return { ...response, body, fault: body === whole ? null : kind };
      }
      case "html-page":
        return this.#substitute(request, due, 200, webPage("Welcome"));
      case "bad-gateway":
        return this.#substitute(request, due, 502, webPage("502 Bad Gateway"));
      case "redirect":
        return { ...this.#substitute(request, due, 302, webPage("302 Found")), headers: { Location: due.location } };
      case "http-429":
        return this.#substitute(request, due, 429, webPage("429 Too Many Requests"));
      case "http-502":
        return this.#substitute(request, due, 502, "");
      case "http-503":
        return this.#substitute(request, due, 503, webPage("503 Service Temporarily Unavailable"));
      case "http-504":
        return this.#substitute(request, due, 504, webPage("504 Gateway Time-out"));
      default:
        if (kind === "unauthorized") this.revokeTokens();
        return {
          ...this.#refuse(kind, request, due.random),
          headers: retryAfter(due),
          fault: kind,
        };
    }
  }

  #refuse(refusal: Refusal, request: VendorRequest, random: Random): VendorResponse {
    const { refusals } = definitionOf(this.id);
    return (refusals[refusal] ?? refusals["internal-error"])(this.operationOf(request), random);
  }

  /** Returns a response that does not come from the vendor. The vendor does not receive the request. */
  #substitute(request: VendorRequest, due: DueFault, status: number, body: string): FaultyResponse {
    const refusal = status === 200 ? null : String(status);
    return {
      status,
      contentType: "text/html;charset=UTF-8",
      body,
      headers: retryAfter(due),
      operation: this.operationOf(request),
      refusal,
      fault: due.kind,
    };
  }
}

function retryAfter({ retryAfter: wait }: DueFault): Record<string, string> {
  if (wait === null) return {};
  return { "Retry-After": typeof wait === "number" ? String(wait) : wait.toUTCString() };
}

/** Replaces every list by an object. Returns a text without lists unchanged. */
function withoutLists(body: ResponseBody): ResponseBody {
  if (typeof body !== "string" || !body.includes("[")) return body;
  return JSON.stringify(JSON.parse(body), (_, value: unknown) =>
    Array.isArray(value) ? Object.fromEntries(value.entries()) : value,
  );
}

/** Returns a text that identifies the page of a request. The signature, which differs each time, is in the headers. */
function pageOf({ path, query, body }: VendorRequest): string {
  return `${path}?${query} ${body.toString()}`;
}
