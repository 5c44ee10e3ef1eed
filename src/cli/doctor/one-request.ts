import type { PreparedRequest } from "../../contract/http.js";
import { HttpTransport } from "../../engine/http/http-transport.js";
import { AbortedError } from "../../model/errors.js";
import type { RawResponse, Transport } from "../../engine/http/transport.js";

const MAX_RESPONSE_BYTES = 33_554_432;

/** An HTTP transport that sends the requests for one page, and no more. It records their hosts, latency and clock offset. */
export class OneRequest implements Transport {
  private readonly http: HttpTransport;
  private readonly end = new AbortController();
  /** The requests that were sent, by path: the path of the token request differs from the path of a page. */
  private readonly sent = new Map<string, { body: string | null; response: RawResponse }>();
  /** Aborted when a second page is requested. */
  readonly enough: AbortSignal = this.end.signal;
  /** The hosts that responded. */
  readonly hosts = new Set<string>();
  /** The difference between the vendor's clock and this machine's, by the last response; null if the response contains no time. */
  clockOffsetMs: number | null = null;
  latencyMs: number | null = null;

  constructor(timeoutMs: number) {
    this.http = new HttpTransport({ timeoutMs, maxResponseBytes: MAX_RESPONSE_BYTES });
  }

  async load(): Promise<void> {
    await this.http.load();
  }

  async send(request: PreparedRequest, signal: AbortSignal): Promise<RawResponse> {
    const { host, pathname } = new URL(request.url);
    const before = this.sent.get(pathname);
    if (before !== undefined) {
      // A repeated request, with another token or clock, follows a refusal. The first response is the result of the check.
      if (before.body === request.body) return before.response;
      const enough = new AbortedError("One page is enough.");
      this.end.abort(enough);
      throw enough;
    }
    const [began, beganMs] = [Date.now(), performance.now()];
    const response = await this.http.send(request, signal);
    const ended = Date.now();
    const tookMs = performance.now() - beganMs;
    this.sent.set(pathname, { body: request.body, response });
    this.hosts.add(host);
    this.latencyMs = Math.round(tookMs);
    const theirs = Date.parse(response.headers.date ?? "");
    // The header contains whole seconds, so the time is on average half a second later.
    if (!Number.isNaN(theirs)) this.clockOffsetMs = theirs + 500 - (began + ended) / 2;
    return response;
  }

  close(): void {
    this.http.close();
  }
}
