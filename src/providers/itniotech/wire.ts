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

/** Text that contains JSON. An object is accepted too, and converted to its JSON text. */
const wireJsonText = wireValue("text", (value): string | null | typeof z.INVALID => {
  if (typeof value === "string") return value === "" ? null : value;
  const text = wireText.safeParse(typeof value === "object" && value !== null ? printJson(value) : value);
  return text.success ? text.data : z.INVALID;
});

/** Returns the JSON text, or the value itself if it is nested too deeply. The schema then rejects it, because it is not text. */
function printJson(value: object): string | object {
  try {
    return JSON.stringify(value);
  } catch {
    return value;
  }
}

/**
 * Returns the schema of a row of `/v3/cc/record/query`, whose times are local times in `zone`. Codes are read as text, so that an undocumented code is kept.
 */
export function recordRow(zone: Zone) {
  // A local time in the zone, or ISO 8601 with an offset.
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
    callStartTime: wireRequired(time, "the start time of the call"),
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

/** A row of `/v3/cc/record/query`. */
export type RecordRow = z.output<ReturnType<typeof recordRow>>;

const recordsPage = wireObject({ total: wireOptional(wireCount), records: wireRows });

/** Returns the page in `data`. The documented type is an array, and the sample contains an object. An array contains that object, or the records themselves. */
function pageWithin(data: unknown): unknown {
  if (!Array.isArray(data)) return data;
  const only: unknown = data[0];
  const isPage = data.length === 1 && typeof only === "object" && only !== null && "records" in only;
  return isPage ? only : { records: data };
}

/** The schema of a response. Its status has been classified before. */
export const recordsResponse = wireMapped(
  wireObject({
    status: wireRequired(wireText, "a status code"),
    total: wireOptional(wireCount),
    data: wirePreprocess(pageWithin, wireOptional(recordsPage)),
  }),
  "a page",
  ({ data, total }): Page => ({ rows: data?.records ?? null, total: data?.total ?? total ?? null, next: null }),
);
