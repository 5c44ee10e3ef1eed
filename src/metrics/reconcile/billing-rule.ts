import { z } from "zod";
import { RequestError } from "../../index.js";

/** The rule by which a vendor charges talk. */
export interface BillingRule {
  /** The whole seconds that an answered call is charged at least. 0: there is no minimum. */
  minimumSeconds: number;
  /** The increment in which talk beyond the minimum is charged, in whole seconds: at least 1. */
  incrementSeconds: number;
  /** How an increment that has begun is charged. `up` (default): completely; `nearest`: from its half on; `down`: only when it has ended. */
  rounding?: "up" | "nearest" | "down" | undefined;
  /**
   * The talk that is charged. `call` (default): `talkSeconds` of the call, once. `agents`: the talk of each agent's leg. `all`: the talk of every leg. A call without such
   * legs is charged once.
   */
  legs?: "call" | "agents" | "all" | undefined;
}

const wholeSeconds = z.int("must be a whole number of seconds");

export const billingRuleSchema = z.strictObject({
  minimumSeconds: wholeSeconds.nonnegative("must not be negative"),
  incrementSeconds: wholeSeconds.min(1, "must be at least 1"),
  rounding: z.enum(["up", "nearest", "down"]).default("up"),
  legs: z.enum(["call", "agents", "all"]).default("call"),
});

/** A billing rule with its defaults. */
export type ReadBillingRule = z.output<typeof billingRuleSchema>;

/**
 * Parses the usual text of a billing rule: `60+60` is a minimum of 60 seconds, then increments of 60 seconds. Others are `6+6` and `30+6`.
 * @throws RequestError for any other text.
 */
export function parseBillingRule(text: string): BillingRule {
  const [, minimum, increment] = /^(0|[1-9]\d{0,3})\+([1-9]\d{0,3})$/.exec(text) ?? [];
  if (minimum === undefined || increment === undefined)
    throw new RequestError(
      `parseBillingRule: argument \`text\`: must be a billing rule: the minimum and the increment in seconds, such as 60+60 or 6+6.`,
    );
  return { minimumSeconds: Number(minimum), incrementSeconds: Number(increment) };
}

/** Returns the seconds that are charged for a talk: 61 seconds are 120 under 60+60, and 66 under 6+6. A call without talk is free. */
export function billedSeconds(
  { minimumSeconds, incrementSeconds, rounding = "up" }: BillingRule,
  talkSeconds: number,
): number {
  if (talkSeconds <= 0) return 0;
  const increments = Math.max(0, talkSeconds - minimumSeconds) / incrementSeconds;
  const round = { up: Math.ceil, nearest: Math.round, down: Math.floor }[rounding];
  return minimumSeconds + round(increments) * incrementSeconds;
}
