import { z } from "zod";
import type { PushedCall, PushesOperation } from "../../contract/pushes.js";
import { wireCallTime, wireId, wireTime, wireUnixMs } from "../../contract/wire.js";
import { wireMapped, wireObject, wireRequired } from "../../contract/wire-schema.js";
import type { Zone } from "../../contract/zone.js";

/** A pair of the form that the vendor's sample has in place of JSON: `{callSerialNo=1, caller=…}`. */
const PAIR = /,\s*(?=\w+=)/;

/** Parses the form of the vendor's sample in linear time; undefined for any other text. */
function parseSample(text: string): unknown {
  const trimmed = text.trim();
  if (!trimmed.startsWith("{") || !trimmed.endsWith("}")) return undefined;
  const content = trimmed.slice(1, -1).trim();
  const pairs = (content.endsWith(",") ? content.slice(0, -1) : content).split(PAIR).map((pair) => pair.split("="));
  if (pairs.some(([name = "", ...value]) => !/^\w+$/.test(name.trim()) || value.length === 0)) return undefined;
  return Object.fromEntries(pairs.map(([name = "", ...value]) => [name.trim(), value.join("=").trim()]));
}

/**
 * Returns the hang-up callback. Documented: its fields, and the response. Its times are Unix milliseconds or local times: the page does not document them. It has
 * no id of the delivery, and its agent's number is not in the history.
 */
export function pushesOperation(zone: Zone): PushesOperation {
  const local = wireTime("a time", (text) => zone.parse(text));
  const start = wireRequired(
    wireCallTime(z.union([wireUnixMs, local])),
    "the time at which the call was created (`createCallTime`)",
  );
  const body = wireObject({ callSerialNo: wireId, createCallTime: start });
  return {
    parse: parseSample,
    schema: wireMapped(wireObject({ body }), "a push", ({ body: { callSerialNo, createCallTime } }): PushedCall => ({
      application: null,
      relatedIds: { callSerialNo },
      row: null,
      startedAt: createCallTime,
      at: null,
    })),
    reply: {
      status: 200,
      headers: { "Content-Type": "application/json" },
      body: '{"retCode":"0","retMsg":"success"}',
    },
  };
}
