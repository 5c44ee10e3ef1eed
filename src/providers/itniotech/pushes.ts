import type { PushedCall, PushesOperation } from "../../contract/pushes.js";
import { wireCallTime, wireId, wireText, wireTime } from "../../contract/wire.js";
import { wireMapped, wireObject, wireRequired } from "../../contract/wire-schema.js";
import type { Zone } from "../../contract/zone.js";

/**
 * Returns the push of ended calls, which a sister brand documents. It has neither the key of the record nor an id of the delivery. Not documented: the response
 * that the vendor expects, so that its body is empty.
 */
export function pushesOperation(zone: Zone): PushesOperation {
  const time = wireCallTime(wireTime("a time such as 2025-01-03 16:10:39", (text) => zone.parse(text)));
  const body = wireObject({
    callSessionId: wireId,
    callId: wireText,
    callStartTime: wireRequired(time, "the start time of the call"),
  });
  return {
    schema: wireMapped(
      wireObject({ body }),
      "a push",
      ({ body: { callSessionId, callId, callStartTime } }): PushedCall => ({
        application: null,
        relatedIds: { callSessionId, ...(callId === null ? {} : { callId }) },
        row: null,
        startedAt: callStartTime,
        at: null,
      }),
    ),
    reply: { status: 200, headers: {}, body: "" },
  };
}
