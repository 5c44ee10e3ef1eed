import { textsOf } from "../../contract/phone-number.js";
import { readPhoneText } from "../../contract/phone-text.js";
import type { NumberFilterRule } from "../../contract/provider.js";
import { ResultTooLarge } from "../../engine/account/failure.js";
import type { ProbeFinding } from "../../model/probe-report.js";
import type { Party } from "../../model/party.js";
import { inconclusive } from "./probe-findings.js";
import type { Sample, SampledCall, WindowSampler } from "./window-sampler.js";

const sides = ["caller", "callee"] as const;
type Side = (typeof sides)[number];

/** A number without separators, marks and extensions. */
const PLAIN_DIGITS = /^\+?[0-9]+$/;

/**
 * Returns whether the vendor's own number filter can be used. It must find the calls of a window by the text of their caller and of their callee, and no
 * other calls. Every number that the probe has read must be plain digits in a format that is requested.
 * @param sample a window that contains calls.
 */
export async function numberFilterFinding(
  sampler: WindowSampler,
  sample: Sample,
  rule: NumberFilterRule | undefined,
): Promise<ProbeFinding<boolean>> {
  if (rule === undefined) return inconclusive("The vendor has no filter by the number of both parties of a call.");
  const calls = [
    ...new Map([...sampler.samples, sample].flatMap((one) => one.calls).map((call) => [call.key, call])).values(),
  ];
  const odd = calls.filter((call) => sides.some((side) => !isPlain(call, side)));
  const [first] = odd;
  if (first !== undefined)
    return unusable(
      `${odd.length} of ${calls.length} calls contain a number that is not plain digits, or in a format that is not requested with the filter. The first is the call ${first.key}.`,
    );
  const examined: string[] = [];
  // A filter that is ignored lists calls of other numbers, which only a certain number shows.
  const certain = sides.filter((side) => rarestOf(sample.calls, side, isCertain) !== null);
  if (certain.length === 0) return inconclusive("No call with a caller or callee whose country is certain was found.");
  const extensions = sides.filter((side) => !certain.includes(side));
  for (const side of [...certain, ...extensions]) {
    // Many companies' agents have extensions only. The filter must then find calls by these digits.
    const call = rarestOf(sample.calls, side, isCertain) ?? rarestOf(sample.calls, side, isDigits);
    const party = call?.[side] ?? null;
    const number = party?.number ?? null;
    if (call === null || party === null || number === null)
      return inconclusive(`No call with a ${side} whose number is digits was found.`);
    const filtered = await sampleOrNull(sampler, sample, number);
    // The digits of an extension may be in other numbers.
    const other = isCertain(party) ? filtered?.calls.find((one) => !isRelated(one, call, side)) : undefined;
    if (other !== undefined)
      return unusable(
        `The call ${other.key} was listed by the ${side} of the call ${call.key}, which it does not contain.`,
      );
    if (filtered === null || filtered.receivedRows >= sampler.largestPage)
      return inconclusive(
        `The window contained more calls with the ${side} of the call ${call.key} than could be read.`,
      );
    const missed = sample.calls.find(
      (one) => hasNumber(one, number) && !filtered.calls.some(({ key }) => key === one.key),
    );
    if (missed !== undefined)
      return unusable(
        `The call ${missed.key} was not listed by the ${side} of the call ${call.key}, which it contains.`,
      );
    examined.push(call.key);
  }
  const extension = extensions.map((side) => ` The ${side} was an extension or a local number.`).join("");
  return {
    value: true,
    evidence: `Every number in the ${calls.length} calls that were read is plain digits. The calls ${examined.join(" and ")} were listed by the text of their ${[...certain, ...extensions].join(" and of their ")}, as were all calls with these numbers, and no others with a number whose country is certain.${extension}`,
  };
}

function unusable(evidence: string): ProbeFinding<boolean> {
  return { value: false, evidence };
}

async function sampleOrNull(sampler: WindowSampler, { span }: Sample, number: string): Promise<Sample | null> {
  try {
    return await sampler.sampleNumber(span, number);
  } catch (error) {
    if (error instanceof ResultTooLarge) return null;
    throw error;
  }
}

function hasNumber({ caller, callee }: SampledCall, number: string): boolean {
  return caller?.number === number || callee?.number === number;
}

/** Whether a call may have been listed by the number of another call: it has the same number, or a number that the vendor does not show. */
function isRelated(one: SampledCall, call: SampledCall, side: Side): boolean {
  const e164 = call[side]?.e164;
  return sides.some((own) => one[own]?.number == null || one[own].e164 === e164);
}

/** Whether a number is plain digits, in a format that would be requested if its country is certain. A text that is no number is never requested. */
function isPlain(call: SampledCall, side: Side): boolean {
  const party = call[side];
  if (party?.number == null || readPhoneText(party.number) === null) return true;
  return PLAIN_DIGITS.test(party.number) && (party.e164 === null || textsOf(party.e164).includes(party.number));
}

function isCertain({ e164 }: Party): boolean {
  return e164 !== null;
}

function isDigits({ number }: Party): boolean {
  return number !== null && PLAIN_DIGITS.test(number) && readPhoneText(number) !== null;
}

/** Returns a call whose number on this side occurs in the fewest calls, and is usable; null where there is none. */
function rarestOf(calls: readonly SampledCall[], side: Side, isUsable: (party: Party) => boolean): SampledCall | null {
  const counts = new Map<string, number>();
  for (const call of calls)
    for (const number of new Set(sides.map((one) => call[one]?.number ?? null)))
      if (number !== null) counts.set(number, (counts.get(number) ?? 0) + 1);
  let rarest: { call: SampledCall; count: number } | null = null;
  for (const call of calls) {
    const party = call[side];
    if (party?.number == null || !isUsable(party)) continue;
    const count = counts.get(party.number) ?? 0;
    if (rarest === null || count < rarest.count) rarest = { call, count };
  }
  return rarest?.call ?? null;
}
