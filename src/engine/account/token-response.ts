import type { TokenRule } from "../../contract/auth.js";
import { refusalIn, saysBusy } from "../../contract/body-refusal.js";
import type { HttpResponse } from "../../contract/http.js";
import type { FailureClassification } from "../../contract/failure-classification.js";

/** A token that is said to live longer is fetched anew after a year all the same. */
const LONGEST_TTL_SECONDS = 31_536_000;
/** Where neither the answer nor the adapter tells how long a token lives. */
const USUAL_TTL_SECONDS = 300;

/** A token, and how long it lives in milliseconds. */
export interface ReadToken {
  token: string;
  lifeMs: number;
}

/** The token in an answer; null where it holds none. A life that cannot be understood is the adapter's default. */
export function readToken(rule: TokenRule, response: HttpResponse): ReadToken | null {
  const { token, ttlSeconds } = rule.responseSchema.safeParse(response.body).data ?? { token: null, ttlSeconds: null };
  if (typeof token !== "string" || token === "") return null;
  const seconds = [ttlSeconds, rule.defaultTtlSeconds].find(isLife) ?? USUAL_TTL_SECONDS;
  return { token, lifeMs: Math.min(LONGEST_TTL_SECONDS, seconds) * 1000 };
}

/** What an answer without a token means: a passing failure where its words say so, else that the credentials are not accepted. */
export function classifyWithoutToken(response: HttpResponse): FailureClassification {
  const refusal = refusalIn(response.body);
  if (refusal === null)
    return {
      type: "fail",
      error: "authentication",
      vendorCode: null,
      message: "the token service answered without a token",
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
