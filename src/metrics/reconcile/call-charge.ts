import type { CallRecord } from "../../index.js";
import { billedSeconds, type ReadBillingRule } from "./billing-rule.js";

/** The categories of minutes that vendors sell: outbound calls, inbound calls, and calls over the internet. */
export const usageCategories = ["outbound", "inbound", "voip"] as const;
/** A category of minutes in a vendor's count. */
export type UsageCategory = (typeof usageCategories)[number];

/**
 * A reason why the vendor may charge a call otherwise than the rule does.
 *
 * - `ends-later`: the call ended after the period in which it began, and the vendor may charge it to the period of its end.
 * - `began-earlier`: the same call, in the period of its end.
 * - `unknown-length`: the call was answered, and its record has no duration.
 * - `unclassified`: the call has an unknown direction, so it is in no category.
 * - `internal`: the call was between staff, which is assumed to be free.
 * - `unanswered`: nobody answered the call, which is assumed to be free.
 * - `predictive`: a dialler placed the call, which is assumed to be outbound.
 * - `transferred`: the talk of each agent, charged separately, is not the talk of the call.
 * - `fraction`: one second more is charged as one increment more. The record may lack the fraction of a second.
 */
export type DifferenceReason =
  | "ends-later"
  | "began-earlier"
  | "unknown-length"
  | "unclassified"
  | "internal"
  | "unanswered"
  | "predictive"
  | "transferred"
  | "fraction";

/** A reason for a difference, and its effect. */
export interface Doubt {
  reason: DifferenceReason;
  /** The seconds by which the vendor charges more if the reason applies, or less if negative; null where the record does not show it. */
  seconds: number | null;
}

/** The charge of one ended call. */
export interface Charge {
  /** Null where the call belongs to no category. */
  category: UsageCategory | null;
  /** The charged seconds; null where the length of the talk is unknown. 0 for a call that is free. */
  seconds: number | null;
  doubts: Doubt[];
}

/** Returns the charge of an ended call, by its talk rather than its outcome code. */
export function chargeOf(call: CallRecord, rule: ReadBillingRule): Charge {
  const category = categoryOf(call);
  if (!hasTalk(call)) return { category, seconds: 0, doubts: unansweredDoubts(category, rule) };
  const talks = talksOf(call, rule.legs);
  if (talks.some((talk) => talk === null))
    return { category, seconds: null, doubts: [{ reason: "unknown-length", seconds: null }] };
  const seconds = billed(rule, talks);
  if (category === null) {
    const reason = call.direction === "internal" ? "internal" : "unclassified";
    return { category, seconds: 0, doubts: [{ reason, seconds }] };
  }
  return { category, seconds, doubts: [...differentCharges(call, rule, talks, seconds)] };
}

function categoryOf({ kind, direction }: CallRecord): UsageCategory | null {
  if (kind === "voip") return "voip";
  return direction === "inbound" || direction === "outbound" ? direction : null;
}

function hasTalk({ outcome, answeredAt, talkSeconds }: CallRecord): boolean {
  return outcome === "answered" || (talkSeconds ?? 0) > 0 || (talkSeconds === null && answeredAt !== null);
}

/** Returns the talks that are charged separately; null for one of unknown length. */
function talksOf({ talkSeconds, legs }: CallRecord, charged: ReadBillingRule["legs"]): (number | null)[] {
  const talking = legs.filter(
    (leg) => (charged === "all" || leg.role === "agent") && (leg.answeredAt !== null || (leg.talkSeconds ?? 0) > 0),
  );
  return charged === "call" || talking.length === 0 ? [talkSeconds] : talking.map((leg) => leg.talkSeconds);
}

function billed(rule: ReadBillingRule, talks: readonly (number | null)[]): number {
  return talks.reduce<number>((sum, talk) => sum + billedSeconds(rule, talk ?? 0), 0);
}

function unansweredDoubts(category: UsageCategory | null, rule: ReadBillingRule): Doubt[] {
  return category === null ? [] : [{ reason: "unanswered", seconds: billedSeconds(rule, 1) }];
}

function* differentCharges(
  call: CallRecord,
  rule: ReadBillingRule,
  talks: readonly (number | null)[],
  seconds: number,
): Generator<Doubt> {
  if (call.kind === "predictive") yield { reason: "predictive", seconds: -seconds };
  if (rule.legs === "call") {
    const byAgent = talksOf(call, "agents");
    const difference = byAgent.includes(null) ? null : billed(rule, byAgent) - seconds;
    if (byAgent.length > 1 && difference !== 0) yield { reason: "transferred", seconds: difference };
  }
  const longer = billed(
    rule,
    talks.map((talk) => (talk ?? 0) + 1),
  );
  if (longer > seconds) yield { reason: "fraction", seconds: longer - seconds };
}
