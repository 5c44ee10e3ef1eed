import type { ZodType } from "zod";
import type { HttpResponse, HttpRequest, PreparedRequest } from "./http.js";
import type { FailureClassification } from "./failure-classification.js";

/** A token as its endpoint returned it. */
export interface TokenResponse {
  /** The token. Empty or null where the response contains none, which is a failure: see {@link TokenRule.classify}. */
  token: string | null;
  /** Lifetime in seconds, or null where the response does not state it. A value that is not positive counts as null. */
  ttlSeconds: number | null;
}

/** The declaration of a token. It is fetched once, shared by all requests with the same key, and replaced before it expires. */
export interface TokenRule {
  /** The key of the token (its endpoint and the public half of the credentials). Accounts with the same key share the token. */
  key: string;
  /** Returns the request for a new token, including the credentials. */
  request(): HttpRequest;
  /** Parses the response. */
  responseSchema: ZodType<TokenResponse>;
  /** Lifetime of a token in seconds where the response does not state it. */
  defaultTtlSeconds: number;
  /**
   * Classifies a response of the token's endpoint. If it returns null or is left out, the HTTP status is classified. A response without a token is always a
   * failure: a retryable one where its text says that the service is busy, else an authentication error.
   */
  classify?(response: HttpResponse): FailureClassification | null;
}

/** The authentication of an account's requests. */
export interface Auth {
  /** The declaration of the token. Left out where no token is needed. */
  token?: TokenRule;
  /** Loads the dependencies of `authorize`, such as a vendor's signer. Awaited before the first request takes a rate permit, which must be used at once. */
  load?(): Promise<void>;
  /**
   * Returns the request with credentials added to its headers, its query or its body. Called before every attempt, with the corrected time and the token. Pure.
   */
  authorize(request: PreparedRequest, authContext: AuthContext): PreparedRequest | Promise<PreparedRequest>;
}

/** The time and the token for the authorization of a request. */
export interface AuthContext {
  /** The current time, corrected to the vendor's clock where its difference is known. */
  now: Date;
  /** A valid token; null where the adapter declares no token. */
  token: string | null;
}
