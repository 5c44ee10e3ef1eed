import type { TokenRule } from "../../contract/auth.js";
import { refusalIn, saysBusy } from "../../contract/body-refusal.js";
import type { HttpResponse } from "../../contract/http.js";
import type { FailureClassification } from "../../contract/failure-classification.js";

/** The maximum lifetime. A token with a longer one is still replaced after a year. */
const MAX_TTL_SECONDS = 31_536_000;
/** The lifetime where neither the response nor the adapter states one. */
const DEFAULT_TTL_SECONDS = 300;

/** A token, and its lifetime in milliseconds. */
export interface ReadToken {
  token: string;
  lifeMs: number;
}

/** Returns the token of a response, or null where there is none. An invalid lifetime is replaced by the adapter's default. */
export function readToken(rule: TokenRule, response: HttpResponse): ReadToken | null {
  const { token, ttlSeconds } = rule.responseSchema.safeParse(response.body).data ?? { token: null, ttlSeconds: null };
  if (typeof token !== "string" || token === "") return null;
  const seconds = [ttlSeconds, rule.defaultTtlSeconds].find(isLife) ?? DEFAULT_TTL_SECONDS;
  return { token, lifeMs: Math.min(MAX_TTL_SECONDS, seconds) * 1000 };
}

/** Classifies a response without a token: a retryable failure where its text says that the service is busy, else refused credentials. */
export function classifyWithoutToken(response: HttpResponse): FailureClassification {
  const refusal = refusalIn(response.body);
  if (refusal === null)
    return {
      type: "fail",
      error: "authentication",
      vendorCode: null,
      message: "the token service returned no token",
    };
  const { code, message } = refusal;
  return {
    ...(saysBusy(refusal) ? { type: "retry" } : { type: "fail", error: "authentication" }),
    vendorCode: code,
    message,
  };
}

function isLife(seconds: number | null): seconds is number {
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0;
}
