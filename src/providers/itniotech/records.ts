import type { JsonValue } from "../../contract/http.js";
import type { Retention } from "../../contract/options.js";
import type { ListOperation, MappedCall, PageQuery, PagingRule, WindowRule } from "../../contract/provider.js";
import type { Zone } from "../../contract/zone.js";
import { callTypesOf, filtersSchema, type ItniotechFilters } from "./filters.js";
import { mapRecord } from "./map.js";
import type { TimeFormat } from "./options.js";
import { recordRow, recordsResponse, type RecordRow } from "./wire.js";

/** Where and how records are asked for. */
export interface RecordsSettings {
  endpoint: string;
  zone: Zone;
  timeFormat: TimeFormat;
  window: WindowRule;
  paging: PagingRule;
  retention: Retention;
}

function printTime(instant: Date, { zone, timeFormat }: RecordsSettings): string {
  return timeFormat === "local" ? zone.print(instant.getTime()) : zone.printWithOffset(instant.getTime());
}

function requestBody(
  { window, page, filters, direction }: PageQuery<ItniotechFilters>,
  settings: RecordsSettings,
): JsonValue {
  if (window === null) throw new TypeError("/v3/cc/record/query is asked for by a window");
  const params: Record<string, JsonValue> = {
    startTime: printTime(window.start, settings),
    endTime: printTime(window.end, settings),
  };
  const given: Partial<ItniotechFilters> = { ...filters, callType: callTypesOf(filters, direction) };
  for (const [name, value] of Object.entries(given)) if (value !== undefined) params[name] = value;
  return { current: page.number, size: page.size, params };
}

/** The history of calls. */
export function recordsOperation(settings: RecordsSettings): ListOperation<MappedCall, RecordRow, ItniotechFilters> {
  return {
    name: "/v3/cc/record/query",
    filters: filtersSchema,
    partitions: () => [{ application: null, parameters: {} }],
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
    row: recordRow(settings.zone),
    times: {
      start: ["callStartTime"],
      others: ["calledAnswerTime", "calledHangupTime"],
      written: ["updateTime"],
      talkSeconds: ["callDuration"],
      otherSeconds: ["ringDuration"],
    },
    // Paths as a rule; where they are links, those may be signed for a time.
    volatile: { queriesOf: ["voiceUrl", "voiceUrlList"] },
    key: (row) => row.keyId,
    map: mapRecord,
  };
}
