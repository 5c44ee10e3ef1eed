import { z } from "zod";
import type { JsonValue } from "../../contract/http.js";
import type { Retention } from "../../contract/options.js";
import type { MappedCall } from "../../contract/mapped-call.js";
import type {
  ListOperation,
  NumberFilterRule,
  PageQuery,
  PagingRule,
  Partition,
  WindowRule,
} from "../../contract/provider.js";
import { EVERY_TASK_TYPE, ITA, taskTypes, type TaskType } from "./codes.js";
import { CALLER_MAX_LENGTH } from "./limits.js";
import { mapHistoryRow } from "./map.js";
import { historyResponse, historyRow, type HistoryRow } from "./wire.js";

/** The vendor's own filters of the call history (`queryCallDetailRecord`). */
export interface HuaweiCecFilters {
  /**
   * `"0"` every task except ITA bidirectional calls, `"1"` CEC bidirectional, `"2"` anonymous outbound, `"3"` voice notification, `"4"` ITA bidirectional.
   * Default: `"0"` and then `"4"`, which together are all calls.
   */
  taskType?: TaskType | undefined;
  /** The calling number, at most 32 characters. Not documented: whether a part of a number matches. */
  caller?: string | undefined;
}

const filtersSchema = z.strictObject({
  taskType: z.enum(taskTypes).optional(),
  caller: z
    .string()
    .min(1, "must not be empty")
    .max(CALLER_MAX_LENGTH, `must have at most ${CALLER_MAX_LENGTH} characters`)
    .optional(),
});

/** Documented: type 0 excludes ITA calls, so the complete history is the union of both lists. */
const COMPLETE_TASK_TYPES: readonly TaskType[] = [EVERY_TASK_TYPE, ITA];

function partitionOf(taskType: TaskType): Partition {
  return { application: null, parameters: { taskType } };
}

/** Returns the body of a request. Every value is a string, as documented, although the sample also contains numbers. */
function requestBody({ partition, window, page, filters, numbers }: PageQuery<HuaweiCecFilters>): JsonValue {
  if (window === null) throw new TypeError("queryCallDetailRecord requires a window");
  const [caller = filters.caller] = numbers ?? [];
  return {
    startTime: String(window.start.getTime()),
    endTime: String(window.end.getTime()),
    taskType: partition.parameters.taskType ?? EVERY_TASK_TYPE,
    offset: String(page.offset),
    limit: String(page.size),
    ...(caller === undefined ? {} : { caller }),
  };
}

/** The account's settings for the call history. */
interface RecordsSettings {
  endpoint: string;
  headers: Record<string, string>;
  /** ISO 3166 code of the country of numbers without a country code, or null. */
  defaultCountry: string | null;
  /** Whether the account records its calls. */
  isRecorded: boolean;
  numberFilter: NumberFilterRule;
  window: WindowRule;
  paging: PagingRule;
  retention: Retention;
}

/** Returns the call history, which also contains active calls. */
export function recordsOperation({
  endpoint,
  headers,
  defaultCountry,
  isRecorded,
  numberFilter,
  window,
  paging,
  retention,
}: RecordsSettings): ListOperation<MappedCall, HistoryRow, HuaweiCecFilters> {
  return {
    name: "queryCallDetailRecord",
    filters: filtersSchema,
    partitions: ({ taskType }) => (taskType === undefined ? COMPLETE_TASK_TYPES : [taskType]).map(partitionOf),
    numberFilter,
    window,
    // Times are Unix milliseconds.
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
    map: (row, context) => mapHistoryRow(row, context, { country: defaultCountry, isRecorded }),
  };
}
