import type { Transport } from "call-records";

/** The smallest size of a full page in characters. Tokens and last pages are smaller. */
const SHORTEST_PAGE = 20_000;

/** A transport over HTTP that stores the bytes of every full page. */
export class RecordedPages implements Transport {
  readonly bodies: Buffer[] = [];

  readonly send: Transport["send"] = async ({ url, ...request }, signal) => {
    const response = await fetch(url, { ...request, signal });
    const text = await response.text();
    if (text.length >= SHORTEST_PAGE) this.bodies.push(Buffer.from(text));
    return { status: response.status, headers: Object.fromEntries(response.headers), text };
  };
}
