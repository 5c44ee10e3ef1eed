import { z } from "zod";
import { readCall } from "../columns/read-call.js";
import { readOptions } from "../columns/read-options.js";
import { e164OfText } from "../contract/phone-number.js";
import { readPhoneText } from "../contract/phone-text.js";
import type { FoundCall, Leg, Recording } from "../model/call-record.js";
import { RequestError } from "../model/errors.js";
import type { Agent, Party } from "../model/party.js";
import { CallNumbers } from "./call-numbers.js";
import { maskKeySchema, maskOf } from "./mask-key.js";
import { TextMasker } from "./text-masker.js";

/** The options of {@link maskNumbers} and {@link maskNumber}. */
export interface MaskOptions {
  /**
   * The key of the hashes: a text, which is used in UTF-8, or bytes. At least 16 bytes. Whoever has it can find the number of a mask by trying all numbers, so
   * store it like a password. With another key, every mask is another one.
   */
  key: string | Uint8Array;
}

export const maskOptionsSchema = z.strictObject({ key: maskKeySchema });

/**
 * Returns a call with each number that it names replaced by a mask, such as `masked-bnkcdlgemjaofhpiabdecfgh-00`, wherever the number occurs in the call and in
 * `raw`. The call itself stays as it is.
 *
 * The numbers are those of `caller`, `callee`, `customer` and `line` (`number`, `e164`, `displayNumber`, and a `protectedId` that is a number), of the legs
 * (`number`, `transferredFrom`, `transferredTo`), and the telephones of agents. They are found in every text of the call, in any format, script and encoding, also
 * within JSON and longer digits. A number of three to six digits is found where it is not a part of other digits. One of one or two digits is masked in its
 * own field only. Numbers that the call does not name, such as another one in a remark, stay: see `redact`.
 *
 * A mask is `masked-`, the first 96 bits of HMAC-SHA-256 of the E.164 number with its `+`, else of its digits, and the last two digits (`xx` for a number of
 * fewer than five digits). Equal numbers have equal masks at every vendor and in every run. Masking twice has the same result.
 *
 * These ids stay: `provider`, `account`, `application`, `id`, `relatedIds`, the ids of recordings, agents, their groups and the queue, and `hangup.code`; in `raw`,
 * texts that are equal to one of them. An address (URL) that contains a number becomes null.
 * @param call a call record, or a call of `findCall`.
 * @throws RequestError when `call` is not a call record, or the key is too short.
 */
export function maskNumbers<Call extends FoundCall>(call: Call, options: MaskOptions): Call {
  const { key } = readOptions("maskNumbers", maskOptionsSchema, options);
  return readCall("maskNumbers: argument `call`", null, call, (read) => masked(read, key));
}

/**
 * Returns the mask of a number, to find its calls among masked ones.
 * @param number a telephone number, best with its country code. Without one, its digits are hashed, as for calls whose `e164` is null.
 * @throws RequestError when it is not a telephone number, or the key is too short.
 */
export function maskNumber(number: string, options: MaskOptions): string {
  const { key } = readOptions("maskNumber", maskOptionsSchema, options);
  const given: unknown = number;
  const text = typeof given === "string" ? readPhoneText(given) : null;
  if (text === null) throw new RequestError("maskNumber: argument `number` must be a telephone number.");
  return maskOf(e164OfText(text) ?? text.digits, key);
}

function masked<Call extends FoundCall>(call: Call, key: string | Uint8Array): Call {
  const numbers = new CallNumbers(call, key);
  const texts = new TextMasker(numbers.finder, idsOf(call));
  const field = (text: string | null) => (text === null ? null : numbers.field(text));
  const text = (value: string | null) => (value === null ? null : texts.text(value));
  const party = (one: Party | null): Party | null =>
    one && {
      number: field(one.number),
      e164: field(one.e164),
      displayNumber: field(one.displayNumber),
      protectedId: field(one.protectedId),
      region: text(one.region),
    };
  const agent = (one: Agent | null): Agent | null =>
    one && {
      ...one,
      name: text(one.name),
      email: text(one.email),
      phone: field(one.phone),
      groupName: text(one.groupName),
    };
  const recording = (one: Recording): Recording => ({
    ...one,
    url: texts.address(one.url),
    transcriptUrl: texts.address(one.transcriptUrl),
  });
  const leg = (one: Leg): Leg => ({
    ...one,
    number: field(one.number),
    agent: agent(one.agent),
    transferredFrom: field(one.transferredFrom),
    transferredTo: field(one.transferredTo),
    recordings: one.recordings.map(recording),
  });
  return {
    ...call,
    caller: party(call.caller),
    callee: party(call.callee),
    customer: party(call.customer),
    line: party(call.line),
    agent: agent(call.agent),
    queue: call.queue && { ...call.queue, name: text(call.queue.name) },
    hangup: call.hangup && { ...call.hangup, reason: text(call.hangup.reason) },
    legs: call.legs.map(leg),
    menuKeys: call.menuKeys.map((one) => ({ ...one, key: texts.text(one.key), label: text(one.label) })),
    satisfaction: call.satisfaction && {
      key: texts.text(call.satisfaction.key),
      label: text(call.satisfaction.label),
    },
    recordings: call.recordings.map(recording),
    tags: call.tags.map((tag) => texts.text(tag)),
    remark: texts.nullable(call.remark),
    customData: texts.nullable(call.customData),
    ...("raw" in call ? { raw: texts.json(call.raw) } : {}),
  };
}

/** Returns the ids of a call, which stay in `raw`. */
function idsOf(call: FoundCall): Set<string> {
  const recordings = [call, ...call.legs].flatMap((one) => one.recordings.map(({ id }) => id));
  const agents = [call.agent, ...call.legs.map((leg) => leg.agent)].flatMap((agent) => [agent?.id, agent?.groupId]);
  const all = [
    ...[call.provider, call.account, call.application, call.id, call.queue?.id, call.hangup?.code],
    ...Object.values(call.relatedIds),
    ...recordings,
    ...agents,
  ];
  return new Set(all.filter((id) => typeof id === "string"));
}
