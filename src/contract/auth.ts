import type { ZodType } from "zod";
import type { HttpRequest, PreparedRequest } from "./http.js";

/** A token as its endpoint answered it. */
export interface TokenAnswer {
  /** Empty or null where the answer holds none: an authentication error. */
  token: string | null;
  /** Seconds that it lives, or null where the answer does not say. */
  ttlSeconds: number | null;
}

/** How requests of an account prove who sends them. */
export type Auth =
  /** Every attempt is signed afresh, with the engine's corrected clock. */
  | {
      type: "sign";
      /** Answers the headers to add. Pure but for what it may load on first use. */
      sign(request: PreparedRequest, now: Date): Record<string, string> | Promise<Record<string, string>>;
    }
  /** A token is fetched, shared by all requests of its key, and refreshed before it ends. */
  | {
      type: "token";
      /** What the token belongs to (its endpoint and the public half of the credentials): accounts with the same key share it. */
      key: string;
      request(): HttpRequest;
      answer: ZodType<TokenAnswer>;
      /** Seconds that a token lives where the answer does not say. */
      defaultTtlSeconds: number;
      /** The headers that carry the token. */
      headers(token: string): Record<string, string>;
    }
  /** What proves it is part of the request, or of the `send` that the adapter brings. */
  | { type: "none" };
