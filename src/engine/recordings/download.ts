import type { Readable } from "node:stream";
import { types } from "node:util";
import { CallRecordsError, NetworkError, ResponseError, TimeoutError } from "../../model/errors.js";
import { throwIfAborted, withTimeLimit } from "../account/abort.js";
import type { AudioResponse } from "../account/audio-address.js";
import { errorAbout, type ErrorContext } from "../account/failure.js";
import type { Services } from "../account/services.js";
import { type AudioStart, readAudioStart, readContinuation, tooLarge } from "./audio-start.js";

/** The part of a recording to request: from a position on, if it is still the same version. */
export interface AudioRange {
  from: number;
  ifRange: string;
}

/** Requests a recording, or a part of it. */
export type OpenAudio = (range: AudioRange | null) => Promise<AudioResponse>;

/** The settings of a download. */
export interface DownloadSettings {
  open: OpenAudio;
  services: Pick<Services, "clock" | "timeoutMs" | "attempts">;
  /** The maximum size of the recording. */
  maxBytes: number;
  errorContext: ErrorContext;
  signal: AbortSignal;
  /** Is called before a broken download continues. */
  onResume: (attempt: number, error: CallRecordsError) => void;
}

/**
 * The bytes of one recording, in order and each once. A broken connection is replaced by one for the rest, where the server proves by `If-Range` that the rest
 * belongs to the same version. Otherwise the download fails: it never ends early, and never mixes two versions.
 */
export class Download {
  private receivedBytes = 0;
  private resumes = 0;
  private chunks: AsyncIterator<Uint8Array, undefined>;

  private constructor(
    private readonly settings: DownloadSettings,
    private audio: Readable,
    /** The properties that the headers of the first response state. */
    readonly start: AudioStart,
    private sizeBytes: number | null,
  ) {
    this.chunks = chunksOf(audio);
  }

  /** Requests a recording, and checks the headers of the response. */
  static async begin(settings: DownloadSettings): Promise<Download> {
    const { response, audio } = await settings.open(null);
    try {
      const start = readAudioStart(response, settings.maxBytes, settings.errorContext);
      return new Download(settings, audio, start, start.sizeBytes);
    } catch (error) {
      audio.destroy();
      throw error;
    }
  }

  /** Returns the next bytes, which are never empty; null at the end of the recording. */
  async next(): Promise<Uint8Array | null> {
    for (;;) {
      const step = await this.read().catch((error: unknown) => this.brokenBy(error));
      if (step instanceof CallRecordsError) {
        await this.resume(step);
        continue;
      }
      if (step === null) {
        this.requireComplete();
        return null;
      }
      if (step.byteLength === 0) continue;
      this.receivedBytes += step.byteLength;
      this.requireWithinLimits();
      return step;
    }
  }

  /** Closes the connection. */
  close(): void {
    this.audio.destroy();
  }

  /** Reads a part, within the time limit for silence. Returns an error where the connection broke. The time of a slow consumer does not count. */
  private async read(): Promise<Uint8Array | CallRecordsError | null> {
    const { clock, timeoutMs } = this.settings.services;
    const { audio } = this;
    const late = () => {
      const words = `: no data of the recording for ${timeoutMs} ms. Raise \`timeoutMs\` if this vendor is slow.`;
      audio.destroy(errorAbout(TimeoutError, this.settings.errorContext, words, { retryable: true }));
    };
    const step = await withTimeLimit(
      clock,
      timeoutMs,
      late,
      () => this.chunks.next(),
      (error) => {
        audio.destroy(types.isNativeError(error) ? error : undefined);
      },
    );
    if (step.done !== true) return step.value;
    const isShort = this.sizeBytes !== null && this.receivedBytes < this.sizeBytes;
    return isShort ? this.broken("the connection was closed") : null;
  }

  /** Returns the error for a connection that failed. @throws the reason of an abort, which is no failure of the connection. */
  private brokenBy(thrown: unknown): CallRecordsError {
    throwIfAborted(this.settings.signal);
    if (thrown instanceof CallRecordsError) {
      if (!thrown.retryable) throw thrown;
      return thrown;
    }
    const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? String(thrown.code) : "";
    return this.broken(`the connection failed${code === "" ? "" : ` (${code})`}`);
  }

  private broken(reason: string): NetworkError {
    const of = this.sizeBytes === null ? "" : ` of ${this.sizeBytes}`;
    const words = `: the download of the recording broke after ${this.receivedBytes}${of} bytes: ${reason}. Open it again.`;
    return errorAbout(NetworkError, this.settings.errorContext, words, { retryable: true });
  }

  /** Requests the rest. A recording of which nothing was received yet is requested as a whole. @throws the failure where that is not possible. */
  private async resume(failure: CallRecordsError): Promise<void> {
    const { open, services, onResume } = this.settings;
    const { ifRange } = this.start;
    this.close();
    this.resumes += 1;
    const from = this.receivedBytes;
    if (this.resumes >= services.attempts || (from > 0 && ifRange === null)) throw failure;
    onResume(this.resumes, failure);
    const range = from === 0 || ifRange === null ? null : { from, ifRange };
    const { response, audio } = await open(range).catch((error: unknown) => {
      throw this.refusedRange(error);
    });
    this.audio = audio;
    this.chunks = chunksOf(audio);
    try {
      this.sizeBytes =
        range === null
          ? this.sizeAgain(response)
          : readContinuation(response, this.start, from, (reason) => this.broken(reason));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  private sizeAgain(response: AudioResponse["response"]): number | null {
    const { sizeBytes, contentType } = readAudioStart(response, this.settings.maxBytes, this.settings.errorContext);
    if (sizeBytes === this.start.sizeBytes && contentType === this.start.contentType) return sizeBytes;
    throw this.broken("the recording has changed");
  }

  /** A server refuses a range that does not exist in the present version, so another attempt for the whole recording may succeed. */
  private refusedRange(error: unknown): unknown {
    const isRange = error instanceof CallRecordsError && /^HTTP 41[26]$/.test(error.vendorCode ?? "");
    return isRange ? this.broken("the server refuses to send the rest: the recording may have changed") : error;
  }

  private requireComplete(): void {
    if (this.receivedBytes === 0)
      throw errorAbout(ResponseError, this.settings.errorContext, ": the recording is empty.");
  }

  private requireWithinLimits(): void {
    const { maxBytes, errorContext } = this.settings;
    if (this.receivedBytes > maxBytes) throw tooLarge(maxBytes, errorContext, null);
    if (this.sizeBytes === null || this.receivedBytes <= this.sizeBytes) return;
    const words = `: the recording has more bytes than the ${this.sizeBytes} that the response states.`;
    throw errorAbout(ResponseError, errorContext, words);
  }
}

function chunksOf(audio: Readable): AsyncIterator<Uint8Array, undefined> {
  return (audio as AsyncIterable<Uint8Array, undefined>)[Symbol.asyncIterator]();
}
