import type { Readable } from "node:stream";
import { z } from "zod";
import type { HttpRequest } from "../contract/http.js";
import type { RecordingQuery, RecordingsOperation, RecordingSource } from "../contract/recordings.js";
import { signalSchema } from "../contract/signal-schema.js";
import type { AccountSession } from "../engine/account/account-session.js";
import { abortedError, type LinkedAbort } from "../engine/account/abort.js";
import type { AudioResponse } from "../engine/account/audio-address.js";
import { errorAbout, type RequestContext } from "../engine/account/failure.js";
import { RECORDING_OPERATION, type RequestScope } from "../engine/account/operation-request.js";
import { undocumented } from "../engine/lists/schema-fault.js";
import { Progress } from "../engine/lists/progress.js";
import { checkAddress } from "../engine/recordings/check-address.js";
import { type AudioRange, Download } from "../engine/recordings/download.js";
import { RecordingBody } from "../engine/recordings/recording-body.js";
import type { Recording } from "../model/call-record.js";
import { CallRecordsError, RecordingGoneError, ResponseError } from "../model/errors.js";
import type { Invocation } from "./invocation.js";
import { type CallWithRecordings, chooseRecording } from "./recorded-call.js";
import { unsupported } from "./unsupported.js";

/** Arguments of `openRecording`. */
export interface OpenRecordingArguments {
  /**
   * The recording: one of the call or of one of its legs, or its id. Default: the first recording of the call, else the first of its legs. Where several
   * recordings have one id, an id selects the first of them.
   */
  recording?: Recording | string | undefined;
  /** Aborts the request and the download. The body then fails with an `AbortedError`, and the connection is closed. */
  signal?: AbortSignal | undefined;
}

/** A recording that is being downloaded. */
export interface OpenedRecording {
  /** The media type that the server states, in lower case, such as `audio/mpeg`. `application/octet-stream` where the server does not know it. */
  contentType: string;
  /** The size in bytes that the server states; null where it states none. */
  sizeBytes: number | null;
  /**
   * The audio. Read it to its end, or destroy it: until then it holds a connection. It fails with a `CallRecordsError` if the download breaks and cannot
   * continue: it never ends early.
   */
  body: Readable;
}

export const openRecordingSchema = z.strictObject({
  recording: z
    .union(
      [z.string(), z.custom<Recording>((value) => typeof value === "object" && value !== null)],
      "must be a recording of the call, or its id",
    )
    .optional(),
  signal: signalSchema.optional(),
});

/** The headers of a request for audio. No encoding is accepted, because a part of an encoded body cannot be continued. */
const AUDIO_HEADERS = { Accept: "audio/*, application/octet-stream;q=0.9, */*;q=0.1", "Accept-Encoding": "identity" };

/**
 * Opens a recording of a call.
 * @throws UnsupportedError when the vendor, or the user's transport, cannot send recordings; RequestError when the call has no such recording.
 */
export async function openRecording(
  session: AccountSession,
  call: CallWithRecordings,
  { recording: wanted }: z.output<typeof openRecordingSchema>,
  maxBytes: number,
  invocation: Invocation,
): Promise<OpenedRecording> {
  const { account, operations } = session.provider;
  const { recordings } = operations;
  if (recordings === undefined)
    throw unsupported(session.provider, "openRecording", "this vendor's recordings cannot be downloaded.");
  const chosen = chooseRecording(account, call, wanted);
  invocation.begin();
  const abort = session.linkedAbort(invocation.signal);
  const end = () => {
    // Also aborts a request for the rest of a recording that nobody reads any more.
    invocation.stop();
    abort.release();
  };
  try {
    const download = await begin(
      session,
      recordings,
      { ...chosen, now: new Date(session.clock.now()) },
      maxBytes,
      abort,
      invocation,
    );
    return openBody(download, abort, end);
  } catch (error) {
    end();
    throw error;
  }
}

function openBody(download: Download, abort: LinkedAbort, end: () => void): OpenedRecording {
  const { contentType, sizeBytes } = download.start;
  const { signal } = abort;
  const onAbort = () => {
    body.destroy(abortedError(signal));
  };
  const body = new RecordingBody(download, () => {
    signal.removeEventListener("abort", onAbort);
    end();
  });
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  return { contentType, sizeBytes, body };
}

function begin(
  session: AccountSession,
  recordings: RecordingsOperation,
  query: RecordingQuery,
  maxBytes: number,
  { signal }: LinkedAbort,
  invocation: Invocation,
): Promise<Download> {
  const { services, provider } = session;
  const about: RequestContext = { operation: recordings.name, window: null };
  const { counters } = new Progress(provider, invocation.id);
  const source = session.runAdapter("recordings.locate", about, () => recordings.locate(query));
  const open = openSource(session, recordings, query, source, { signal, counters, invocation: invocation.id });
  return Download.begin({
    open,
    services,
    maxBytes,
    errorContext: session.errorContext(about),
    signal,
    onResume: (attempt, { code, message }) => {
      services.emit({
        type: "retry",
        account: provider.account,
        operation: source.type === "api" ? recordings.name : RECORDING_OPERATION,
        invocation: invocation.id,
        window: null,
        waitMs: 0,
        attempt,
        error: code,
        reason: message,
      });
    },
  });
}

/** Returns the function that requests the audio, or the rest of it. */
function openSource(
  session: AccountSession,
  recordings: RecordingsOperation,
  query: RecordingQuery,
  source: RecordingSource,
  scope: RequestScope,
): (range: AudioRange | null) => Promise<AudioResponse> {
  const about: RequestContext = { operation: recordings.name, window: null };
  if (source.type === "api") {
    return (range) =>
      session.requestAudio(
        {
          ...about,
          request: audioRequest(source.request, range),
          classify: (response) => recordings.classify?.(response) ?? null,
        },
        scope,
      );
  }
  const fetchFrom = (address: string, range: AudioRange | null) => {
    const url = checkAddress(address, recordings, session.errorContext(about));
    const request = audioRequest({ method: "GET", url }, range);
    return session.fetchAudio({ operation: RECORDING_OPERATION, window: null, request }, scope);
  };
  if (source.type === "address") return (range) => fetchFrom(source.url, range);
  let known: string | null = null;
  return async (range) => {
    const address = (known ??= await lookUp(session, recordings, query, source.request, scope));
    try {
      return await fetchFrom(address, range);
    } catch (error) {
      if (!isRefusedAddress(error) || scope.signal.aborted) throw error;
      // It may have expired, also while the requests before were repeated. A new one is requested once.
      known = await lookUp(session, recordings, query, source.request, scope);
      if (known === address) throw error;
      return fetchFrom(known, range);
    }
  };
}

/** Requests the address of a recording. @throws RecordingGoneError when the vendor no longer has it; ResponseError when the response is not as documented. */
async function lookUp(
  session: AccountSession,
  recordings: RecordingsOperation,
  query: RecordingQuery,
  request: HttpRequest,
  scope: RequestScope,
): Promise<string> {
  const about: RequestContext = { operation: recordings.name, window: null };
  const errorContext = session.errorContext(about);
  const response = await session.requestOne(
    { ...about, request, classify: (failed) => recordings.classify?.(failed) ?? null },
    scope,
  );
  const address = session.runAdapter("recordings.lookup", about, () => {
    const read = recordings.lookup?.responseSchema.safeParse(response.body);
    if (read?.success === true) return recordings.lookup?.address(read.data, query) ?? null;
    const fault = read?.error ?? { issues: [] };
    throw errorAbout(ResponseError, errorContext, `: the response ${session.clean(undocumented(fault))}`);
  });
  if (address !== null) return address;
  throw errorAbout(RecordingGoneError, errorContext, ": the vendor no longer has this recording.");
}

/** Whether the server of an address refused it with a status that it may have for one that has expired. */
function isRefusedAddress(error: unknown): boolean {
  if (!(error instanceof CallRecordsError) || error.operation !== RECORDING_OPERATION) return false;
  return /^HTTP 40[013]$/.test(error.vendorCode ?? "");
}

function audioRequest(request: HttpRequest, range: AudioRange | null): HttpRequest {
  const ranged = range === null ? {} : { Range: `bytes=${range.from}-`, "If-Range": range.ifRange };
  return { ...request, headers: { ...AUDIO_HEADERS, ...request.headers, ...ranged } };
}
