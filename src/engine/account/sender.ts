import type { AuthContext } from "../../contract/auth.js";
import type { HttpRequest, PreparedRequest } from "../../contract/http.js";
import type { Provider } from "../../contract/provider.js";
import { AuthenticationError, CallRecordsError, NetworkError, UnsupportedError } from "../../model/errors.js";
import { openAudio } from "../http/audio-response.js";
import { prepareRequest, type ReadResponse, readResponse } from "../http/http-message.js";
import type { TransportObserver, Transport } from "../http/transport.js";
import { orAborted } from "./abort.js";
import { adapterError, errorAbout, type ErrorContext, withoutSecrets } from "./failure.js";
import type { HeldTime } from "./held-time.js";
import type { OperationRequest } from "./operation-request.js";
import type { Redaction } from "./redaction.js";
import { secretsOf } from "./secrets.js";
import { describeThrown, sanitizedCause } from "./thrown.js";

/** Sends one request. The signal is aborted when its time is over. The transport reports to `held` when it holds up the response itself. */
export type Send = (signal: AbortSignal, held: HeldTime["observer"]) => Promise<ReadResponse>;

/** Passes a request to the transport, and reads the response as JSON or as audio. */
type Exchange = (request: PreparedRequest, signal: AbortSignal, observer: TransportObserver) => Promise<ReadResponse>;

/** The observer's methods for a request that the rate limiter does not count. */
const ignore = (): void => undefined;

/** Signs and sends the requests of one account. Errors of the adapter and of the transport become errors of the library, without secrets. */
export class Sender {
  constructor(
    private readonly provider: Pick<Provider, "id" | "account" | "auth" | "send" | "secrets">,
    private readonly transport: Transport,
    private readonly redaction: Redaction,
  ) {}

  /** Prepares and signs a request, and returns the function that sends it. */
  async signed(
    { request, isForAudio = false }: Pick<OperationRequest, "request" | "isForAudio">,
    errorContext: ErrorContext,
    authContext: AuthContext,
    signal: AbortSignal,
    observer: TransportObserver,
  ): Promise<Send> {
    if (this.provider.send !== undefined) {
      if (isForAudio) throw noStream(errorContext, "the user's own client that sends the requests of this account");
      return (ending) => this.byAdapter(request, errorContext, ending, observer);
    }
    const exchange = this.exchangeOf(isForAudio, errorContext);
    const authorized = await this.authorize(this.prepare(request, errorContext), errorContext, authContext, signal);
    return (ending, held) => this.byTransport(exchange, authorized, errorContext, ending, { ...observer, ...held });
  }

  /** Returns the function that sends a request without a signature. */
  unsigned(
    { request, isForAudio = false }: Pick<OperationRequest, "request" | "isForAudio">,
    errorContext: ErrorContext,
  ): Send {
    const exchange = this.exchangeOf(isForAudio, errorContext);
    const prepared = this.prepare(request, errorContext);
    return (ending, held) =>
      this.byTransport(exchange, prepared, errorContext, ending, { sent: ignore, responded: ignore, ...held });
  }

  /** Returns the function that passes a request to the transport. @throws UnsupportedError when the transport cannot stream audio. */
  private exchangeOf(isForAudio: boolean, errorContext: ErrorContext): Exchange {
    const { transport } = this;
    if (!isForAudio) {
      return async (request, signal, observer) => readResponse(await transport.send(request, signal, observer));
    }
    const open = transport.open?.bind(transport);
    if (open === undefined) throw noStream(errorContext, "the option `transport`");
    return (request, signal, observer) => openAudio(open, request, signal, observer);
  }

  private prepare(request: HttpRequest, errorContext: ErrorContext): PreparedRequest {
    try {
      return prepareRequest(request);
    } catch (thrown) {
      throw adapterError("request", errorContext, this.clean, thrown);
    }
  }

  private async authorize(
    prepared: PreparedRequest,
    errorContext: ErrorContext,
    authContext: AuthContext,
    signal: AbortSignal,
  ): Promise<PreparedRequest> {
    const { auth } = this.provider;
    try {
      const authorized =
        auth === null ? prepared : await orAborted(Promise.resolve(auth.authorize(prepared, authContext)), signal);
      this.redaction.rememberCredentials(prepared, authorized);
      return authorized;
    } catch (thrown) {
      if (thrown instanceof CallRecordsError) throw withoutSecrets(thrown, this.clean);
      const words = ` could not be signed: the adapter's \`authorize\` failed (${this.clean(describeThrown(thrown))}). Where this runtime forbids an algorithm, as under FIPS, requests of this account cannot be signed.`;
      throw errorAbout(AuthenticationError, errorContext, words, { cause: sanitizedCause(thrown, this.clean) });
    }
  }

  private async byAdapter(
    request: HttpRequest,
    errorContext: ErrorContext,
    signal: AbortSignal,
    observer: TransportObserver,
  ): Promise<ReadResponse> {
    const { provider } = this;
    try {
      // The user's client does not report when it sends.
      observer.sent();
      // A copy, whose body can be released after parsing even if the user's client keeps the original.
      const response = {
        ...(await orAborted(Promise.resolve(provider.send?.(request, { signal })), signal)),
      } as ReadResponse["response"];
      this.learnSecrets();
      return { response, fault: null };
    } catch (thrown) {
      this.learnSecrets();
      throw adapterError("send", errorContext, this.clean, thrown);
    }
  }

  /** Adds the account's current secrets: the user's client may have fetched new credentials for the request, which its messages may quote. */
  private learnSecrets(): void {
    for (const secret of secretsOf(this.provider)) this.redaction.add(secret);
  }

  private async byTransport(
    exchange: Exchange,
    request: PreparedRequest,
    errorContext: ErrorContext,
    signal: AbortSignal,
    observer: TransportObserver,
  ): Promise<ReadResponse> {
    try {
      // The user's transport may ignore its signal.
      return await orAborted(exchange(request, signal, observer), signal);
    } catch (thrown) {
      if (thrown instanceof CallRecordsError) throw thrown;
      const words = `: option \`transport\`: it failed (${this.clean(describeThrown(thrown))}).`;
      const cause = sanitizedCause(thrown, this.clean);
      throw errorAbout(NetworkError, errorContext, words, { vendorCode: codeOf(thrown), retryable: true, cause });
    }
  }

  private readonly clean = (text: string): string => this.redaction.clean(text);
}

function noStream(errorContext: ErrorContext, sender: string): UnsupportedError {
  return errorAbout(UnsupportedError, errorContext, `: ${sender} has no method that streams a response (\`open\`).`);
}

function codeOf(thrown: unknown): string | null {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string"
    ? thrown.code
    : null;
}
