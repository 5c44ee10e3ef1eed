import { z } from "zod";
import type { HttpRequest, JsonValue } from "../../contract/http.js";
import type { PageQuery, Partition } from "../../contract/provider.js";

/** Documented: `X-TC-Version` of every operation of the contact center. */
const VERSION = "2020-02-10";

/** Part of the signature, so it must be sent unchanged. */
export const CONTENT_TYPE = "application/json";

/** The header that names the operation. */
export const ACTION_HEADER = "X-TC-Action";

/** The vendor's own filters of the call history (DescribeTelCdr). */
export interface TencentCccFilters {
  /** Phone numbers, as the vendor writes them. Not documented: with which party they are compared, and how many are allowed. */
  phones?: string[] | undefined;
  /** Session ids. Not documented: how many are allowed. */
  sessionIds?: string[] | undefined;
}

const texts = z.array(z.string().min(1, "must not be empty")).min(1, "must contain at least one value");

/** The schema of {@link TencentCccFilters}. */
export const filtersSchema = z.strictObject({ phones: texts.optional(), sessionIds: texts.optional() });

/**
 * Returns one partition for each application. DescribeTelCdr and DescribePSTNActiveSessionList accept one application per request, and usage is reported for
 * each application.
 * @param discovered the applications that the account has, where all of them are read. Before they are known, there is one list without an application.
 */
export function applicationPartitions(
  sdkAppIds: readonly number[] | "all",
  discovered: readonly string[] | undefined,
): Partition[] {
  const applications = sdkAppIds === "all" ? discovered : sdkAppIds.map(String);
  if (applications === undefined) return [{ application: null, parameters: {} }];
  return applications.map((application) => ({ application, parameters: { SdkAppId: application } }));
}

/** Returns the request for the applications of the account. Documented: without ids, the response covers all of them. */
export function buyInfoRequest(endpoint: string): HttpRequest {
  return post(endpoint, "DescribeCCCBuyInfoList", {});
}

/** Returns the request for a page of the call history. */
export function cdrRequest(endpoint: string, query: PageQuery<TencentCccFilters>): HttpRequest {
  const { sessionIds } = query.filters;
  const phones = query.numbers ?? query.filters.phones;
  return post(endpoint, "DescribeTelCdr", {
    ...bounds(query.window),
    SdkAppId: sdkAppId(query.partition),
    PageSize: query.page.size,
    PageNumber: query.page.number,
    ...(phones === undefined ? {} : { Phones: [...phones] }),
    ...(sessionIds === undefined ? {} : { SessionIds: sessionIds }),
  });
}

/** Returns the request for the minutes and seats of one application. */
export function callInfoRequest(endpoint: string, query: PageQuery<object>): HttpRequest {
  return post(endpoint, "DescribeTelCallInfo", { ...bounds(query.window), SdkAppIdList: [sdkAppId(query.partition)] });
}

/** Returns the request for a page of the active sessions. */
export function sessionRequest(endpoint: string, query: PageQuery<object>): HttpRequest {
  return post(endpoint, "DescribePSTNActiveSessionList", {
    SdkAppId: sdkAppId(query.partition),
    Offset: query.page.offset,
    Limit: query.page.size,
  });
}

/** Returns the request for one session, which may be active. */
export function telSessionRequest(
  endpoint: string,
  { application, sessionId }: { application: string | null; sessionId: string },
): HttpRequest {
  return post(endpoint, "DescribeTelSession", { SdkAppId: Number(application), SessionId: sessionId });
}

/** Returns the request for the details of one session, with fresh addresses of its recordings. */
export function sessionDetailRequest(
  endpoint: string,
  { application, sessionId, start, end }: { application: string; sessionId: string; start: Date; end: Date },
): HttpRequest {
  return post(endpoint, "DescribeSessionDetail", {
    SdkAppId: Number(application),
    SessionId: sessionId,
    StartTimestamp: unixSeconds(start),
    EndTimestamp: unixSeconds(end),
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
