import type { HttpRequest, JsonValue } from "../../contract/http.js";
import type { PageQuery, Partition } from "../../contract/provider.js";
import type { TencentCccFilters } from "./filters.js";

/** Documented: `X-TC-Version` of every operation of the contact center. */
const VERSION = "2020-02-10";

/** Signed along with the body: it has to go out exactly so. */
export const CONTENT_TYPE = "application/json";

/** The header that names the operation. */
export const ACTION_HEADER = "X-TC-Action";

/** One list for each application: DescribeTelCdr and DescribePSTNActiveSessionList take one at a time, and usage is reported for each. */
export function applicationPartitions(sdkAppIds: readonly number[]): Partition[] {
  return sdkAppIds.map((id) => ({ application: String(id), parameters: { SdkAppId: String(id) } }));
}

/** A page of the history. */
export function cdrRequest(endpoint: string, query: PageQuery<TencentCccFilters>): HttpRequest {
  const { phones, sessionIds } = query.filters;
  return post(endpoint, "DescribeTelCdr", {
    ...bounds(query.window),
    SdkAppId: sdkAppId(query.partition),
    PageSize: query.page.size,
    PageNumber: query.page.number,
    ...(phones === undefined ? {} : { Phones: phones }),
    ...(sessionIds === undefined ? {} : { SessionIds: sessionIds }),
  });
}

/** The minutes and seats of one application. */
export function callInfoRequest(endpoint: string, query: PageQuery<object>): HttpRequest {
  return post(endpoint, "DescribeTelCallInfo", { ...bounds(query.window), SdkAppIdList: [sdkAppId(query.partition)] });
}

/** A page of the sessions going on. */
export function sessionRequest(endpoint: string, query: PageQuery<object>): HttpRequest {
  return post(endpoint, "DescribePSTNActiveSessionList", {
    SdkAppId: sdkAppId(query.partition),
    Offset: query.page.offset,
    Limit: query.page.size,
  });
}

function post(endpoint: string, action: string, body: JsonValue): HttpRequest {
  return {
    method: "POST",
    url: `${endpoint}/`,
    headers: { "Content-Type": CONTENT_TYPE, [ACTION_HEADER]: action, "X-TC-Version": VERSION },
    body,
  };
}

function bounds(window: PageQuery<object>["window"]): Record<string, number> {
  return window === null ? {} : { StartTimeStamp: unixSeconds(window.start), EndTimeStamp: unixSeconds(window.end) };
}

function unixSeconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}

function sdkAppId(partition: Partition): number {
  return Number(partition.parameters.SdkAppId);
}
