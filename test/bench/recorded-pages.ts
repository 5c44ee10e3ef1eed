import type { Transport } from "call-records";

/** Shorter answers are no whole page: a token's, or the last page's. In characters. */
const SHORTEST_PAGE = 20_000;

/** Asks over HTTP, and keeps the bytes of every whole page. */
export class RecordedPages implements Transport {
  readonly bodies: Buffer[] = [];

  readonly send: Transport["send"] = async ({ url, ...request }, signal) => {
    const response = await fetch(url, { ...request, signal });
    const text = await response.text();
    if (text.length >= SHORTEST_PAGE) this.bodies.push(Buffer.from(text));
    return { status: response.status, headers: Object.fromEntries(response.headers), text };
  };
}
