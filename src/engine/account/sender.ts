import type { AuthContext } from "../../contract/auth.js";
import type { HttpRequest, PreparedRequest } from "../../contract/http.js";
import type { Provider } from "../../contract/provider.js";
import { AuthenticationError, CallRecordsError, NetworkError } from "../../model/errors.js";
import { prepareRequest, type ReadResponse, readResponse } from "../http/http-message.js";
import type { TransportObserver, Transport } from "../http/transport.js";
import { orAborted } from "./abort.js";
import { adapterError, type ErrorContext, withoutSecrets } from "./failure.js";
import type { HeldTime } from "./held-time.js";
import type { Redaction } from "./redaction.js";
import { secretsOf } from "./secrets.js";
import { describeThrown, sanitizedCause } from "./thrown.js";

/** Sends one request. Its signal is aborted when the time for it is over; `held` is told when the transport holds the answer up by itself. */
export type Send = (signal: AbortSignal, held: HeldTime["observer"]) => Promise<ReadResponse>;

/** Of what is not counted in the pace. */
const ignore = (): void => undefined;

/** Signs and sends the requests of one account. What the adapter's functions or the transport throw becomes an error of ours, without secrets. */
export class Sender {
  constructor(
    private readonly provider: Pick<Provider, "id" | "account" | "auth" | "send" | "secrets">,
    private readonly transport: Transport,
    private readonly redaction: Redaction,
  ) {}

  /** Makes a request ready, with its proof, and answers how it is sent. */
  async signed(
    request: HttpRequest,
    errorContext: ErrorContext,
    authContext: AuthContext,
    signal: AbortSignal,
    observer: TransportObserver,
  ): Promise<Send> {
    if (this.provider.send !== undefined) return (ending) => this.byAdapter(request, errorContext, ending);
    const authorized = await this.authorize(this.prepare(request, errorContext), errorContext, authContext, signal);
    const sent = () => {
      observer.sent();
    };
    const responded = () => {
      observer.responded();
    };
    return (ending, held) => this.byTransport(authorized, errorContext, ending, { sent, responded, ...held });
  }

  /** How a request is sent that needs no proof. */
  unsigned(request: HttpRequest, errorContext: ErrorContext): Send {
    const prepared = this.prepare(request, errorContext);
    return (ending, held) =>
      this.byTransport(prepared, errorContext, ending, { sent: ignore, responded: ignore, ...held });
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
      const failed = `${errorContext.account}: ${errorContext.operation} could not be signed: the adapter's \`authorize\` failed (${this.clean(describeThrown(thrown))}).`;
      throw new AuthenticationError(
        `${failed} Where this runtime forbids an algorithm, as under FIPS, requests of this account cannot be signed.`,
        { ...errorContext, cause: sanitizedCause(thrown, this.clean) },
      );
    }
  }

  private async byAdapter(
    request: HttpRequest,
    errorContext: ErrorContext,
    signal: AbortSignal,
  ): Promise<ReadResponse> {
    const { provider } = this;
    try {
      // A copy, of which the body is let go once it has been read: the user's client may keep its own.
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

  /** A client of the user's may have taken new credentials for the request, which its words may then quote. */
  private learnSecrets(): void {
    for (const secret of secretsOf(this.provider)) this.redaction.add(secret);
  }

  private async byTransport(
    request: PreparedRequest,
    errorContext: ErrorContext,
    signal: AbortSignal,
    observer: TransportObserver,
  ): Promise<ReadResponse> {
    try {
      // A transport of the user's may ignore its signal.
      return readResponse(await orAborted(this.transport.send(request, signal, observer), signal));
    } catch (thrown) {
      if (thrown instanceof CallRecordsError) throw thrown;
      const failed = `${errorContext.account}: ${errorContext.operation}: the \`transport\` that the client was given failed (${this.clean(describeThrown(thrown))}).`;
      const cause = sanitizedCause(thrown, this.clean);
      throw new NetworkError(failed, { ...errorContext, vendorCode: codeOf(thrown), retryable: true, cause });
    }
  }

  private readonly clean = (text: string): string => this.redaction.clean(text);
}

function codeOf(thrown: unknown): string | null {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string"
    ? thrown.code
    : null;
}
