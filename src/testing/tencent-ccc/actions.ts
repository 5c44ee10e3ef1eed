import { CallTable, type TableRules } from "../data/call-table.js";
import { readPage, type ListFlaw } from "../data/list-page.js";
import { type NumberMatching, numberTest } from "../data/number-matching.js";
import { isListed, type PlannedCall, type VendorRow } from "../data/planned-call.js";
import type { WallClock } from "../data/wall-clock.js";
import { buyInfo } from "./buy-info.js";
import { cdrRow } from "./cdr-row.js";
import { STORE_OPERATION } from "../recordings/recording-store.js";
import type { TencentRecordings } from "./recordings.js";
import { TencentRefusal, type TencentParameters } from "./parameters.js";
import { activeSessions, sessionRow } from "./session-row.js";
import { countUsage, type TencentUsage } from "./usage.js";

const DAY_SECONDS = 86_400;

/** An action of the API: its parameters and its response. */
export interface TencentAction {
  parameters: readonly string[];
  response(parameters: TencentParameters, flaw?: ListFlaw): ActionResponse;
}

export interface ActionResponse {
  /** Builds the content. Refusals are thrown before this runs. */
  content: () => VendorRow;
  flawed?: boolean;
}

export interface RecordsSettings {
  sdkAppIds: readonly number[];
  wallClock: WallClock;
  now: () => number;
  /** A page with more rows is refused as too large. */
  maxRows: number;
  numberMatching: NumberMatching;
  recordings: TencentRecordings;
}

interface Application {
  cdrs: CallTable;
  /** Filters by start, whatever the emulator's filter time: usage belongs to the day on which a call started. */
  byStart: CallTable;
  calls: readonly PlannedCall[];
}

/** The names of all actions. */
export const TENCENT_ACTIONS: readonly string[] = [
  "DescribeTelCdr",
  "DescribeTelCallInfo",
  "DescribePSTNActiveSessionList",
  "DescribeTelSession",
  "DescribeSessionDetail",
  "DescribeCCCBuyInfoList",
  STORE_OPERATION,
];

/** The calls of all applications, and the actions that return them. */
export class TencentRecords {
  readonly #applications = new Map<number, Application>();
  readonly #wallClock: WallClock;
  readonly #now: () => number;
  readonly #maxRows: number;
  readonly #numberMatching: NumberMatching;
  readonly #recordings: TencentRecordings;
  #listed: ReadonlySet<number>;

  constructor(
    calls: readonly PlannedCall[],
    rules: TableRules,
    { sdkAppIds, wallClock, now, maxRows, numberMatching, recordings }: RecordsSettings,
  ) {
    const byStart: TableRules = {
      filterTime: "start",
      windowEdges: { start: "inclusive", end: "exclusive" },
      order: "ascending",
      pageCap: Number.POSITIVE_INFINITY,
      totalShift: 0,
      searchCap: null,
      corruptAt: [],
      missingPage: null,
      retentionMs: Number.POSITIVE_INFINITY,
    };
    for (const sdkAppId of sdkAppIds) {
      const own = calls.filter((call) => call.application === String(sdkAppId));
      this.#applications.set(sdkAppId, {
        calls: own,
        cdrs: new CallTable(own, rules, now()),
        byStart: new CallTable(own, byStart, now()),
      });
    }
    this.#listed = new Set(sdkAppIds);
    this.#wallClock = wallClock;
    this.#now = now;
    this.#maxRows = maxRows;
    this.#numberMatching = numberMatching;
    this.#recordings = recordings;
  }

  /** Returns the counts of DescribeTelCallInfo in `[from, to)`, in milliseconds. */
  usage(sdkAppIds: readonly number[], from: number, to: number): TencentUsage {
    const now = this.#now();
    const calls = sdkAppIds.flatMap((sdkAppId) => {
      const found = this.#application(sdkAppId).byStart.find({ from, to, now });
      return found.page(0, found.total);
    });
    return countUsage(calls);
  }

  readonly actions: ReadonlyMap<string, TencentAction> = new Map([
    [
      "DescribeTelCdr",
      {
        parameters: [
          "InstanceId",
          "StartTimeStamp",
          "EndTimeStamp",
          "Limit",
          "Offset",
          "SdkAppId",
          "PageSize",
          "PageNumber",
          "Phones",
          "SessionIds",
        ],
        response: (parameters, flaw) => this.#describeTelCdr(parameters, flaw),
      },
    ],
    [
      "DescribeTelCallInfo",
      {
        parameters: ["StartTimeStamp", "EndTimeStamp", "SdkAppIdList"],
        response: (parameters) => ({ content: this.#describeTelCallInfo(parameters) }),
      },
    ],
    [
      "DescribePSTNActiveSessionList",
      {
        parameters: ["SdkAppId", "Offset", "Limit"],
        response: (parameters) => ({ content: this.#describeActiveSessions(parameters) }),
      },
    ],
    [
      "DescribeTelSession",
      {
        parameters: ["SdkAppId", "SessionId"],
        response: (parameters) => ({ content: this.#describeTelSession(parameters) }),
      },
    ],
    [
      "DescribeSessionDetail",
      {
        parameters: ["SdkAppId", "SessionId", "StartTimestamp", "EndTimestamp"],
        response: (parameters) => ({ content: this.#describeSessionDetail(parameters) }),
      },
    ],
    [
      "DescribeCCCBuyInfoList",
      {
        parameters: ["SdkAppIds"],
        response: (parameters) => ({ content: this.#describeApplications(parameters) }),
      },
    ],
  ]);

  /** Changes the applications that the account has, among those with calls. Requests for others are refused. */
  setApplications(sdkAppIds: readonly number[]): void {
    this.#listed = new Set(sdkAppIds);
  }

  #describeApplications(parameters: TencentParameters): () => VendorRow {
    const wanted = parameters.integers("SdkAppIds");
    for (const sdkAppId of wanted) this.#application(sdkAppId);
    const listed = wanted.length === 0 ? [...this.#listed] : [...new Set(wanted)];
    return () => buyInfo(listed);
  }

  #describeTelCdr(parameters: TencentParameters, flaw?: ListFlaw): ActionResponse {
    const start = parameters.integer("StartTimeStamp");
    const end = parameters.integer("EndTimeStamp");
    const { cdrs } = this.#application(parameters.integer("SdkAppId"));
    const size = parameters.integer("PageSize");
    const number = parameters.integer("PageNumber");
    const phones = parameters.strings("Phones");
    const sessions = parameters.strings("SessionIds");
    if (start >= end) throw outOfRange("StartTimeStamp must be earlier than EndTimeStamp.");
    if (end - start >= 90 * DAY_SECONDS)
      throw outOfRange("The range between the end time and start time must be less than 90 days.");
    const now = this.#now();
    if (start < Math.floor(now / 1000) - 180 * DAY_SECONDS)
      throw outOfRange("StartTimeStamp supports up to the past 180 days.");
    if (size < 1 || size > 100) throw outOfRange("PageSize must be from 1 to 100.");
    if (number < 0) throw outOfRange("PageNumber starts from 0.");
    const found = cdrs.find({
      from: start * 1000,
      to: end * 1000,
      now,
      ...filterBy(phones, sessions, this.#numberMatching),
    });
    const given = found.pageSize(size);
    const { total, calls, flawed, withheld } = readPage(found, number * given, given, flaw, true);
    if (withheld === "refused") throw outOfRange("PageNumber is out of range.");
    if (calls.length > this.#maxRows)
      throw new TencentRefusal("ResponseSizeLimitExceeded", "The size of the response exceeds the limit.");
    const content = () => {
      const rows = calls.map(cdrRow);
      // TelCdrs is the deprecated copy of TelCdrList.
      return { TotalCount: total, TelCdrList: rows, TelCdrs: rows };
    };
    return { content, flawed };
  }

  #describeTelCallInfo(parameters: TencentParameters): () => VendorRow {
    const start = parameters.integer("StartTimeStamp");
    const end = parameters.integer("EndTimeStamp");
    const sdkAppIds = parameters.integers("SdkAppIdList");
    if (sdkAppIds.length === 0)
      throw new TencentRefusal("MissingParameter", "The request is missing a required parameter `SdkAppIdList`.");
    const from = start * 1000;
    const to = (end + 1) * 1000;
    if (start >= end) throw outOfRange("StartTimeStamp must be earlier than EndTimeStamp.");
    if (this.#wallClock.dayStart(from) !== from || this.#wallClock.dayStart(to) !== to) {
      throw outOfRange("The query dimension supports only whole days, from 00:00:00 to 23:59:59.");
    }
    // The limit is 90 calendar days, which last an hour longer where a clock change adds one.
    if (end - start > 90 * DAY_SECONDS + 3600) throw outOfRange("The query time range is up to 90 days.");
    const { outbound, inbound, voip, asrOffline, asrRealtime, seats } = this.usage([...new Set(sdkAppIds)], from, to);
    return () => ({
      TelCallOutCount: outbound,
      TelCallInCount: inbound,
      SeatUsedCount: seats,
      VOIPCallInCount: voip,
      AsrOfflineCount: asrOffline,
      AsrRealtimeCount: asrRealtime,
    });
  }

  #describeActiveSessions(parameters: TencentParameters): () => VendorRow {
    const { calls } = this.#application(parameters.integer("SdkAppId"));
    const offset = parameters.integer("Offset");
    const limit = parameters.integer("Limit");
    if (offset < 0) throw outOfRange("Offset must not be negative.");
    if (limit < 1) throw outOfRange("Limit must be at least 1.");
    if (limit > 25) throw new TencentRefusal("LimitExceeded.OutOfCountLimit", "Limit must be at most 25.");
    const now = this.#now();
    const sessions = activeSessions(calls, now);
    return () => ({
      Total: sessions.length,
      Sessions: sessions.slice(offset, offset + limit).map((call) => sessionRow(call, now)),
    });
  }

  /** Finds active calls, and ended calls as long as the vendor keeps their records. */
  #describeTelSession(parameters: TencentParameters): () => VendorRow {
    const { calls } = this.#application(parameters.integer("SdkAppId"));
    const sessionId = parameters.string("SessionId");
    const now = this.#now();
    const call = calls.find(({ id }) => id === sessionId);
    if (call === undefined || call.startedAt > now || now >= call.removedAt)
      throw new TencentRefusal("InvalidParameterValue.RecordNotExist", "The record does not exist.");
    return () => ({ Session: sessionRow(call, now) });
  }

  #describeSessionDetail(parameters: TencentParameters): () => VendorRow {
    const { calls } = this.#application(parameters.integer("SdkAppId"));
    const start = parameters.integer("StartTimestamp");
    const end = parameters.integer("EndTimestamp");
    const sessionId = parameters.string("SessionId");
    const now = this.#now();
    if (start >= end || end - start >= 90 * DAY_SECONDS || start < Math.floor(now / 1000) - 180 * DAY_SECONDS)
      throw outOfRange("The range must be less than 90 days, within the past 180 days.");
    const call = calls.find(
      ({ id, startedAt }) => id === sessionId && startedAt >= start * 1000 && startedAt <= end * 1000,
    );
    if (call === undefined || !isListed(call, now))
      throw new TencentRefusal("InvalidParameterValue.SessionNotFound", "The session does not exist.");
    return () => this.#recordings.sessionDetail(call);
  }

  #application(sdkAppId: number): Application {
    const application = this.#applications.get(sdkAppId);
    if (application === undefined || !this.#listed.has(sdkAppId))
      throw new TencentRefusal("InvalidParameterValue.InstanceNotExist", "The instance does not exist.");
    return application;
  }
}

function outOfRange(message: string): TencentRefusal {
  return new TencentRefusal("InvalidParameterValue", message);
}

function filterBy(
  phones: readonly string[],
  sessions: readonly string[],
  matching: NumberMatching,
): { filter?: { name: string; matches(call: PlannedCall): boolean } } {
  if (phones.length === 0 && sessions.length === 0) return {};
  const hasPhone = numberTest(matching, phones);
  const wantedSessions = new Set(sessions);
  return {
    filter: {
      name: JSON.stringify([phones, sessions]),
      matches: (call) =>
        (phones.length === 0 || hasPhone(call)) && (sessions.length === 0 || wantedSessions.has(call.id)),
    },
  };
}
