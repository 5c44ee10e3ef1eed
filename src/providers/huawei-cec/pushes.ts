import { z } from "zod";
import type { PushedCall, PushesOperation } from "../../contract/pushes.js";
import { wireCallTime, wireId, wireTime, wireUnixMs } from "../../contract/wire.js";
import { wireMapped, wireObject, wireRequired } from "../../contract/wire-schema.js";
import type { Zone } from "../../contract/zone.js";

/** A pair of the form that the vendor's sample has in place of JSON: `{callSerialNo=1, caller=…}`. */
const PAIR = /,\s*(?=\w+=)/;

/** Parses the form of the vendor's sample; undefined for any other text. */
function parseSample(text: string): unknown {
  const content = /^\s*\{(\w+=[^]*?),?\s*\}\s*$/.exec(text)?.[1];
  return content === undefined
    ? undefined
    : Object.fromEntries(
        content.split(PAIR).map((pair) => {
          const [name = "", ...value] = pair.split("=");
          return [name.trim(), value.join("=").trim()];
        }),
      );
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
