import type { ZodType } from "zod";
import type { HttpResponse, HttpRequest, PreparedRequest } from "./http.js";
import type { FailureClassification } from "./failure-classification.js";

/** A token as its endpoint answered it. */
export interface TokenResponse {
  /** Empty or null where the answer holds none: an authentication error. */
  token: string | null;
  /** Seconds that it lives, or null where the answer does not say. What is no positive number counts as null. */
  ttlSeconds: number | null;
}

/** A token that is fetched, shared by all requests of its key, and replaced before it ends. */
export interface TokenRule {
  /** What the token belongs to (its endpoint and the public half of the credentials): accounts with the same key share it. */
  key: string;
  /** The request for a new token, credentials included. */
  request(): HttpRequest;
  /** Reads its answer. */
  responseSchema: ZodType<TokenResponse>;
  /** Seconds that a token lives where the answer does not say. */
  defaultTtlSeconds: number;
  /**
   * What an answer of the token's endpoint means; null, or left out, where its HTTP status says it all. An answer without a token is a failure all the
   * same: a passing one where its words say that the service is busy, else of the credentials.
   */
  classify?(response: HttpResponse): FailureClassification | null;
}

/** How requests of an account prove who sends them. */
export interface Auth {
  /** Left out where no token is needed. */
  token?: TokenRule;
  /** Loads what `authorize` needs, such as a vendor's signer. Awaited before an account's first request takes its turn in the pace, which is to be used at once. */
  load?(): Promise<void>;
  /**
   * The request with the proof added, in its headers, its query or its body. Asked for anew before every attempt, with the engine's corrected
   * clock, and the token where there is one. Pure.
   */
  authorize(request: PreparedRequest, authContext: AuthContext): PreparedRequest | Promise<PreparedRequest>;
}

/** What a request is authorized with. */
export interface AuthContext {
  /** The time, by the vendor's clock as far as it is known. */
  now: Date;
  /** A token that is good now; null where the adapter declares none. */
  token: string | null;
}
