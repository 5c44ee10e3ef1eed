import { z } from "zod";
import type { Page } from "../../contract/provider.js";
import {
  wireCallSeconds,
  wireCallTime,
  wireCount,
  wireId,
  wireRows,
  wireText,
  wireTexts,
  wireTime,
} from "../../contract/wire.js";
import {
  wireMapped,
  wireObject,
  wireOptional,
  wirePreprocess,
  wireRequired,
  wireValue,
} from "../../contract/wire-schema.js";
import type { Zone } from "../../contract/zone.js";

/** Text that holds JSON. An object in place of the text is taken as what the text should have held. */
const wireJsonText = wireValue("text", (value): string | null | typeof z.INVALID => {
  if (typeof value === "string") return value === "" ? null : value;
  const text = wireText.safeParse(typeof value === "object" && value !== null ? printJson(value) : value);
  return text.success ? text.data : z.INVALID;
});

/** The value as it came where it is too deep to be written: it is then refused as no text. */
function printJson(value: object): string | object {
  try {
    return JSON.stringify(value);
  } catch {
    return value;
  }
}

/**
 * A row of `/v3/cc/record/query`, whose times are in the clock of `zone`. Codes are read as text, so that a code the page does not list
 * passes as it is.
 */
export function recordRow(zone: Zone) {
  // In the zone's clock, or as ISO 8601 with an offset.
  const time = wireCallTime(wireTime("a time such as 2025-01-03 16:10:39", (text) => zone.parse(text)));
  return wireObject({
    keyId: wireId,
    callSessionId: wireText,
    callId: wireText,
    caller: wireText,
    called: wireText,
    encryptCalled: wireText,
    calledInfo: wireJsonText,
    region: wireText,
    ccode: wireText,
    seatName: wireText,
    sipGroupName: wireText,
    voiceGroupId: wireText,
    callType: wireText,
    hangupReason: wireText,
    hangingDirection: wireText,
    callStartTime: wireRequired(time, "the time at which the call began"),
    calledAnswerTime: time,
    calledHangupTime: time,
    updateTime: time,
    callDuration: wireCallSeconds,
    ringDuration: wireCallSeconds,
    voiceUrl: wireText,
    voiceUrlList: wireTexts,
    labelName: wireJsonText,
    labelNameList: wireTexts,
    remark: wireText,
  });
}

/** A call as the vendor tells it. */
export type RecordRow = z.output<ReturnType<typeof recordRow>>;

const recordsPage = wireObject({ total: wireOptional(wireCount), records: wireRows });

/** The page's table calls `data` an array, its sample shows an object: an array holds that object, or the records themselves. */
function pageWithin(data: unknown): unknown {
  if (!Array.isArray(data)) return data;
  const only: unknown = data[0];
  const isPage = data.length === 1 && typeof only === "object" && only !== null && "records" in only;
  return isPage ? only : { records: data };
}

/** The envelope. That the status is a good one has been judged before. */
export const recordsResponse = wireMapped(
  wireObject({
    status: wireRequired(wireText, "a status code"),
    total: wireOptional(wireCount),
    data: wirePreprocess(pageWithin, wireOptional(recordsPage)),
  }),
  "a page",
  ({ data, total }): Page => ({ rows: data?.records ?? null, total: data?.total ?? total ?? null, next: null }),
);
