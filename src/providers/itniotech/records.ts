import { z } from "zod";
import type { JsonValue } from "../../contract/http.js";
import type { Retention } from "../../contract/options.js";
import type { MappedCall } from "../../contract/mapped-call.js";
import type { ListOperation, NumberFilterRule, PageQuery, PagingRule, WindowRule } from "../../contract/provider.js";
import { wireMapped } from "../../contract/wire-schema.js";
import type { Zone } from "../../contract/zone.js";
import { resolveRepeatedTimes } from "./repeated-times.js";
import type { Direction } from "../../model/call-record.js";
import { mapRecord } from "./map.js";
import type { TimeFormat } from "./options.js";
import { recordRow, recordsResponse, type RecordRow } from "./wire.js";

/** The vendor's own filters of the call history (`/v3/cc/record/query`). A list matches calls with any of its values. It must not be empty. */
export interface ItniotechFilters {
  /** Id of an agent group. */
  voiceGroupId?: number | undefined;
  /** Name of an agent group. */
  sipGroupName?: string | undefined;
  /** Ids of agents. */
  seatId?: number[] | undefined;
  /** Names of agents. */
  seatNameList?: string[] | undefined;
  /** 1 group call to an agent, 2 incoming, 3 outgoing; other integers are sent unchanged. */
  callType?: number[] | undefined;
  /**
   * 0 outgoing call not answered, 1 outgoing call hung up, 2 hung up while the agent's telephone rang, 3 passed to an agent and hung up, 4 failed,
   * 5 no service, 6 out of the service area, 7 busy, 8 incoming call not answered, 9 incoming call hung up.
   */
  hangupReason?: number[] | undefined;
  /** A called or calling number. Not documented: whether a part of a number matches. */
  calledOrCaller?: string | undefined;
  /** Country codes. Not documented: whether the format is `86` or `86(China)`. */
  ccode?: string[] | undefined;
  /** 0 the customer hung up, 1 the agent, 3 neither. */
  hangingDirection?: number[] | undefined;
  /** Names of tags. */
  labelNames?: string[] | undefined;
}

const text = z.string().min(1, "must not be empty").optional();
const integers = z.array(z.int()).min(1, "must not be empty").optional();
const texts = z.array(z.string().min(1, "must not be empty")).min(1, "must not be empty").optional();

const filtersSchema = z.strictObject({
  voiceGroupId: z.int().optional(),
  sipGroupName: text,
  seatId: integers,
  seatNameList: texts,
  callType: integers,
  hangupReason: integers,
  calledOrCaller: text,
  ccode: texts,
  hangingDirection: integers,
  labelNames: texts,
});

/** Returns the call types of a direction. The filter `callType` overrides the direction. */
function callTypesOf(filters: Partial<ItniotechFilters>, direction: Direction | null): number[] | undefined {
  if (filters.callType !== undefined) return filters.callType;
  if (direction === "inbound") return [2];
  return direction === "outbound" ? [1, 3] : undefined;
}

/** The account's settings for the call history. */
interface RecordsSettings {
  endpoint: string;
  zone: Zone;
  timeFormat: TimeFormat;
  /** ISO 3166 code of the country of numbers without a country code, or null. */
  defaultCountry: string | null;
  longestCallSeconds: number;
  numberFilter: NumberFilterRule;
  window: WindowRule;
  paging: PagingRule;
  retention: Retention;
}

function printTime(instant: Date, { zone, timeFormat }: RecordsSettings): string {
  return timeFormat === "local" ? zone.print(instant.getTime()) : zone.printWithOffset(instant.getTime());
}

function requestBody(
  { window, page, filters, direction, numbers }: PageQuery<ItniotechFilters>,
  settings: RecordsSettings,
): JsonValue {
  if (window === null) throw new TypeError("/v3/cc/record/query requires a window");
  const params: Record<string, JsonValue> = {
    startTime: printTime(window.start, settings),
    endTime: printTime(window.end, settings),
  };
  const given: Partial<ItniotechFilters> = { ...filters, callType: callTypesOf(filters, direction) };
  for (const [name, value] of Object.entries(given)) if (value !== undefined) params[name] = value;
  const [number] = numbers ?? [];
  if (number !== undefined) params.calledOrCaller = number;
  return { current: page.number, size: page.size, params };
}

/** Returns the call history. */
export function recordsOperation(settings: RecordsSettings): ListOperation<MappedCall, RecordRow, ItniotechFilters> {
  const { zone, longestCallSeconds } = settings;
  return {
    name: "/v3/cc/record/query",
    filters: filtersSchema,
    partitions: () => [{ application: null, parameters: {} }],
    numberFilter: settings.numberFilter,
    window: settings.window,
    ...settings.retention,
    paging: settings.paging,
    request: (query) => ({
      method: "POST",
      url: `${settings.endpoint}/v3/cc/record/query`,
      headers: { "Content-Type": "application/json;charset=UTF-8" },
      body: requestBody(query, settings),
    }),
    responseSchema: recordsResponse,
    row: wireMapped(recordRow(zone), "a row", (row) => resolveRepeatedTimes(row, zone, longestCallSeconds)),
    times: {
      start: ["callStartTime"],
      others: ["calledAnswerTime", "calledHangupTime"],
      written: ["updateTime"],
      talkSeconds: ["callDuration"],
      otherSeconds: ["ringDuration"],
    },
    // These are usually paths. The query of a link may contain a signature that expires.
    volatile: { queriesOf: ["voiceUrl", "voiceUrlList"] },
    key: (row) => row.keyId,
    map: (row, context) => mapRecord(row, context, settings.defaultCountry),
  };
}
