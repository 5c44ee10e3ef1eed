import type { PreparedRequest } from "../../contract/http.js";
import { HttpTransport } from "../../engine/http/http-transport.js";
import { AbortedError } from "../../model/errors.js";
import type { RawResponse, Transport } from "../../engine/http/transport.js";

const MAX_RESPONSE_BYTES = 33_554_432;

/** HTTP for as many requests as it takes to get one page, and no more; it notes how they went. */
export class OneRequest implements Transport {
  private readonly http: HttpTransport;
  private readonly end = new AbortController();
  /** What has been asked for, by path: a token is asked for elsewhere than a page. */
  private readonly asked = new Map<string, { body: string | null; response: RawResponse }>();
  /** Aborted when a second page is asked for. */
  readonly enough: AbortSignal = this.end.signal;
  /** Who answered. */
  readonly hosts = new Set<string>();
  /** By how much the vendor's clock is ahead of ours, by its last answer; null where that does not tell. */
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
    const before = this.asked.get(pathname);
    if (before !== undefined) {
      // The same once more, with another token or another clock, follows a refusal: that is the vendor's answer, and stays it.
      if (before.body === request.body) return before.response;
      const enough = new AbortedError("One page is enough.");
      this.end.abort(enough);
      throw enough;
    }
    const [began, beganMs] = [Date.now(), performance.now()];
    const response = await this.http.send(request, signal);
    const ended = Date.now();
    const tookMs = performance.now() - beganMs;
    this.asked.set(pathname, { body: request.body, response });
    this.hosts.add(host);
    this.latencyMs = Math.round(tookMs);
    const theirs = Date.parse(response.headers.date ?? "");
    // Their clock shows whole seconds: on average, half a one more.
    if (!Number.isNaN(theirs)) this.clockOffsetMs = theirs + 500 - (began + ended) / 2;
    return response;
  }

  close(): void {
    this.http.close();
  }
}
