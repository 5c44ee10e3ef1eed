import type { JsonValue } from "../../contract/http.js";
import type { Retention } from "../../contract/options.js";
import type {
  ListOperation,
  MappedCall,
  PageQuery,
  PagingRule,
  Partition,
  WindowRule,
} from "../../contract/provider.js";
import { EVERY_TASK_TYPE, ITA, type TaskType } from "./codes.js";
import { filtersSchema, type HuaweiCecFilters } from "./filters.js";
import { mapHistoryRow } from "./map.js";
import { historyResponse, historyRow, type HistoryRow } from "./wire.js";

/** Documented: type 0 leaves ITA calls out, so a complete history is the union of both lists. */
const COMPLETE_TASK_TYPES: readonly TaskType[] = [EVERY_TASK_TYPE, ITA];

function partitionOf(taskType: TaskType): Partition {
  return { application: null, parameters: { taskType } };
}

/** Every value is sent as a string: that is what the page says, though its sample sends numbers too. */
function requestBody({ partition, window, page, filters }: PageQuery<HuaweiCecFilters>): JsonValue {
  if (window === null) throw new TypeError("queryCallDetailRecord is asked for by a window");
  return {
    startTime: String(window.start.getTime()),
    endTime: String(window.end.getTime()),
    taskType: partition.parameters.taskType ?? EVERY_TASK_TYPE,
    offset: String(page.offset),
    limit: String(page.size),
    ...(filters.caller === undefined ? {} : { caller: filters.caller }),
  };
}

/** Where and how records are asked for. */
interface RecordsSettings {
  endpoint: string;
  headers: Record<string, string>;
  window: WindowRule;
  paging: PagingRule;
  retention: Retention;
}

/** The history of calls, which shows calls that have not ended as well. */
export function recordsOperation({
  endpoint,
  headers,
  window,
  paging,
  retention,
}: RecordsSettings): ListOperation<MappedCall, HistoryRow, HuaweiCecFilters> {
  return {
    name: "queryCallDetailRecord",
    filters: filtersSchema,
    partitions: ({ taskType }) => (taskType === undefined ? COMPLETE_TASK_TYPES : [taskType]).map(partitionOf),
    window,
    // Times are epoch milliseconds.
    dependsOnTimeZone: false,
    ...retention,
    paging,
    request: (query) => ({
      method: "POST",
      url: `${endpoint}/apiaccess/CC-Management/v1/mobileAgent/queryCallDetailRecord`,
      headers: { ...headers },
      body: requestBody(query),
    }),
    responseSchema: historyResponse,
    row: historyRow,
    times: {
      start: ["startTime"],
      others: [
        "alertingTime",
        "talkingTime",
        "releaseTime",
        "endTime",
        "agentAlertingTime",
        "agentTalkingTime",
        "agentReleaseTime",
      ],
      talkSeconds: ["talkDuration", "agentTalkDuration"],
    },
    key: (row) => row.callSerialNo,
    map: mapHistoryRow,
  };
}
