import type { ZodType } from "zod";
import type { HttpResponse, HttpRequest, PreparedRequest } from "./http.js";
import type { FailureClassification } from "./failure-classification.js";

/** A token as its endpoint returned it. */
export interface TokenResponse {
  /** Empty or null where the response contains none: an authentication error. */
  token: string | null;
  /** Lifetime in seconds, or null where the response does not state it. A value that is not positive counts as null. */
  ttlSeconds: number | null;
}

/** A token that is fetched, shared by all requests of its key, and replaced before it expires. */
export interface TokenRule {
  /** The key of the token (its endpoint and the public half of the credentials). Accounts with the same key share the token. */
  key: string;
  /** The request for a new token, credentials included. */
  request(): HttpRequest;
  /** Reads the response. */
  responseSchema: ZodType<TokenResponse>;
  /** Lifetime of a token in seconds where the response does not state it. */
  defaultTtlSeconds: number;
  /**
   * Classifies a response of the token's endpoint. Null, or left out: the HTTP status decides. A response without a token is always a failure:
   * a retryable one where its text says that the service is busy, else refused credentials.
   */
  classify?(response: HttpResponse): FailureClassification | null;
}

/** The authentication of an account's requests. */
export interface Auth {
  /** Left out where no token is needed. */
  token?: TokenRule;
  /** Loads what `authorize` needs, such as a vendor's signer. Awaited before the first request of an account takes a rate permit, which must be used at once. */
  load?(): Promise<void>;
  /**
   * Returns the request with credentials added to its headers, its query or its body. Called before every attempt, with the engine's corrected
   * time, and the token where there is one. Pure.
   */
  authorize(request: PreparedRequest, authContext: AuthContext): PreparedRequest | Promise<PreparedRequest>;
}

/** The time and the token to authorize a request with. */
export interface AuthContext {
  /** The time, by the vendor's clock as far as it is known. */
  now: Date;
  /** A valid token; null where the adapter declares none. */
  token: string | null;
}
