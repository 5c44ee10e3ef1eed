import type { PreparedRequest } from "../../contract/http.js";
import { HttpTransport } from "../../engine/http/http-transport.js";
import { AbortedError } from "../../model/errors.js";
import type { RawAnswer, Transport } from "../../engine/http/transport.js";

const MAX_RESPONSE_BYTES = 33_554_432;

/** HTTP for as many requests as it takes to get one page, and no more; it notes how they went. */
export class OneRequest implements Transport {
  private readonly http: HttpTransport;
  private readonly end = new AbortController();
  private lastPath: string | null = null;
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

  async send(request: PreparedRequest, signal: AbortSignal): Promise<RawAnswer> {
    const { host, pathname } = new URL(request.url);
    // A token is asked for elsewhere than a page.
    if (pathname === this.lastPath) {
      const enough = new AbortedError("One page is enough.");
      this.end.abort(enough);
      throw enough;
    }
    const began = Date.now();
    const answer = await this.http.send(request, signal);
    const ended = Date.now();
    this.lastPath = pathname;
    this.hosts.add(host);
    this.latencyMs = ended - began;
    const theirs = Date.parse(answer.headers.date ?? "");
    // Their clock shows whole seconds: on average, half a one more.
    if (!Number.isNaN(theirs)) this.clockOffsetMs = theirs + 500 - (began + ended) / 2;
    return answer;
  }

  close(): void {
    this.http.close();
  }
}
