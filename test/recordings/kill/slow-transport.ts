import { pipeline, Transform, type TransformCallback } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { PreparedRequest, RawResponse, StreamResponse, Transport, TransportObserver } from "call-records";
import { HttpTransport } from "../../../src/engine/http/http-transport.js";

const PIECE_BYTES = 8_192;
const LIMITS = { timeoutMs: 60_000, maxResponseBytes: 16_777_216 };

/** Sends requests as the client does by default, and receives audio slowly, so that a process can be killed in the middle of a recording. */
export class SlowTransport implements Transport {
  private readonly http = new HttpTransport(LIMITS);

  /**
   * @param delayMs the delay of each piece of a body.
   * @param onOpened called when the headers of a recording have arrived.
   * @param onReceived called when its last byte has.
   */
  constructor(
    private readonly delayMs: number,
    private readonly onOpened: () => void,
    private readonly onReceived: () => void,
  ) {}

  load(): Promise<void> {
    return this.http.load();
  }

  send(request: PreparedRequest, signal: AbortSignal, observer?: TransportObserver): Promise<RawResponse> {
    return this.http.send(request, signal, observer);
  }

  async open(request: PreparedRequest, signal: AbortSignal, observer?: TransportObserver): Promise<StreamResponse> {
    const response = await this.http.open(request, signal, observer);
    this.onOpened();
    const body = new SlowPieces(this.delayMs);
    // The reader of the body receives the error.
    pipeline(response.body, body, () => undefined);
    body.once("end", this.onReceived);
    return { ...response, body };
  }
}

class SlowPieces extends Transform {
  constructor(private readonly delayMs: number) {
    super({ readableHighWaterMark: PIECE_BYTES, writableHighWaterMark: PIECE_BYTES });
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.pass(chunk).then(() => {
      done();
    }, done);
  }

  private async pass(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) {
      if (this.delayMs > 0) await sleep(this.delayMs);
      this.push(chunk.subarray(at, at + PIECE_BYTES));
    }
  }
}
