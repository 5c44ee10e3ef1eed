import { CallTable, type TableRules } from "../data/call-table.js";
import type { ListFlaw } from "../data/list-page.js";
import type { NumberMatching } from "../data/number-matching.js";
import type { PlannedCall } from "../data/planned-call.js";
import type { Random } from "../data/random.js";
import { SlidingWindowLimiter } from "../sliding-window-limiter.js";
import { jsonObject, type Vendor, type VendorResponse, type VendorRequest } from "../vendor.js";
import { activeWorkbenchCall } from "./workbench.js";
import { queryCallDetails } from "./call-details.js";
import { queryCallState } from "./call-state.js";
import { STORE_OPERATION } from "../recordings/recording-store.js";
import type { HuaweiRecordings } from "./recordings.js";
import { huaweiFailure, UNAUTHORIZED } from "./failure.js";
import { AccessTokens } from "./tokens.js";

/** The keys for which the emulated Huawei issues tokens. */
export interface HuaweiKeys {
  /** `app_key`, and the header `X-APP-Key`. */
  appKey: string;
  /** `app_secret`. */
  appSecret: string;
}

export interface HuaweiSettings {
  keys: HuaweiKeys;
  now: () => number;
  requestsPerSecond: number;
  /** A non-decreasing time in milliseconds, for the rate limit. */
  monotonic: () => number;
  /** Maximum lifetime of a token, in seconds. */
  tokenTtlSeconds: number;
  /** Milliseconds until a new token is accepted. */
  tokenDelayMs: number;
  /** The generator of tokens. */
  random: Random;
  /** The comparison of the filter `caller`. */
  numberMatching: NumberMatching;
}

const TOKEN_PATH = "/apigovernance/api/oauth/tokenByAkSk";
const DETAIL_PATH = "/apiaccess/CC-Management/v1/mobileAgent/queryCallDetailRecord";
const STATE_PATH = "/apiaccess/CC-Management/v1/mobileAgent/queryCallState";
const WORKBENCH_PATH = "/apiaccess/rest/workbench/v1/queryCallInfoByCallId";
const RECORDING_PATH = "/apiaccess/CC-Management/v1/mobileAgent/getRecordingAddress";
const PATHS = [TOKEN_PATH, DETAIL_PATH, STATE_PATH, WORKBENCH_PATH, RECORDING_PATH];
/** The names of all operations. */
export const HUAWEI_OPERATIONS = [...PATHS.map(operationOf), STORE_OPERATION];
/** The lifetime without X-Token-Expire, as in the samples. */
const DEFAULT_TTL_SECONDS = 600;

/** The gateway of Huawei CEC: the token service and two interfaces. */
export class HuaweiService implements Vendor {
  /** Calls that have not ended. */
  readonly #calls: readonly PlannedCall[];
  readonly #byId: ReadonlyMap<string, PlannedCall>;
  readonly #recordings: HuaweiRecordings;
  readonly #table: CallTable;
  readonly #settings: HuaweiSettings;
  readonly #tokens: AccessTokens;
  readonly #rateLimiter: SlidingWindowLimiter;

  constructor(
    calls: readonly PlannedCall[],
    rules: TableRules,
    settings: HuaweiSettings,
    recordings: HuaweiRecordings,
  ) {
    this.#recordings = recordings;
    this.#byId = new Map(calls.map((call) => [call.id, call]));
    this.#calls = calls.filter((call) => call.endedAt === null || call.endedAt > settings.now());
    this.#table = new CallTable(calls, rules, settings.now());
    this.#settings = settings;
    this.#tokens = new AccessTokens(settings.now, settings.random, settings.tokenDelayMs);
    this.#rateLimiter = new SlidingWindowLimiter(settings.requestsPerSecond, settings.monotonic);
  }

  revokeTokens(): void {
    this.#tokens.revokeAll();
  }

  operationOf(request: VendorRequest): string {
    return operationOf(request.path);
  }

  respond(request: VendorRequest, flaw?: ListFlaw): VendorResponse {
    const operation = this.operationOf(request);
    if (!PATHS.includes(request.path))
      return huaweiFailure(operation, 404, "The requested content is not found. Check the request path.");
    if (request.method !== "POST") return huaweiFailure(operation, 405, "The method is not allowed.");
    if (request.path === TOKEN_PATH) return this.#issueToken(request, operation);
    if (!this.#isAuthorized(request)) return huaweiFailure(operation, 401, UNAUTHORIZED);
    if (!this.#rateLimiter.admit()) return huaweiFailure(operation, 429, "Too many requests.");
    const body = jsonObject(request.body);
    if (body === null)
      return huaweiFailure(operation, 400, "Incorrect request. Check the request path and parameters.");
    if (request.path === RECORDING_PATH)
      return success(operation, this.#recordings.addressOf(body.get("callSerialNo")));
    if (request.path === STATE_PATH) {
      const response = queryCallState(this.#byId, body.get("callSerialNo"), this.#settings.now());
      const refusal = response.retCode === "3" ? "3" : null;
      return { ...success(operation, response), refusal };
    }
    return request.path === DETAIL_PATH
      ? this.#queryDetails(body, operation, flaw)
      : this.#queryWorkbench(body, operation);
  }

  #issueToken(request: VendorRequest, operation: string): VendorResponse {
    const { keys, now, tokenTtlSeconds } = this.#settings;
    const body = jsonObject(request.body);
    if (body === null)
      return huaweiFailure(operation, 400, "Incorrect request. Check the request path and parameters.");
    if (body.get("app_key") !== keys.appKey || body.get("app_secret") !== keys.appSecret)
      return huaweiFailure(operation, 401, UNAUTHORIZED);
    const requested = request.headers["x-token-expire"];
    const seconds = requested === undefined ? DEFAULT_TTL_SECONDS : Number(requested);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600)
      return huaweiFailure(operation, 400, "X-Token-Expire must be from 1 to 3600.");
    const granted = Math.min(seconds, tokenTtlSeconds);
    return success(operation, {
      AccessToken: this.#tokens.issue(granted),
      ApplyType: "Bearer",
      CreateTime: String(Math.floor(now() / 1000)),
      Expires: String(granted),
      Scope: "default",
      AppKey: keys.appKey,
      UserID: "1652268429538866153",
    });
  }

  #isAuthorized(request: VendorRequest): boolean {
    const [, token] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "") ?? [];
    return (
      request.headers["x-app-key"] === this.#settings.keys.appKey && token !== undefined && this.#tokens.isValid(token)
    );
  }

  #queryDetails(body: ReadonlyMap<string, unknown>, operation: string, flaw?: ListFlaw): VendorResponse {
    const response = queryCallDetails(this.#table, body, this.#settings.now(), this.#settings.numberMatching, flaw);
    if (response === null)
      return huaweiFailure(operation, 500, "Business failure. Check the values of parameters in the request.");
    const { retCode, text, flawed = false } = response;
    return { status: 200, body: text, operation, refusal: retCode === "0" || retCode === "1" ? null : retCode, flawed };
  }

  #queryWorkbench(body: ReadonlyMap<string, unknown>, operation: string): VendorResponse {
    const [callId, userId, tenantId, agentId] = ["callId", "userId", "tenantId", "agentId"].map((name) =>
      body.get(name),
    );
    if (!isText(callId) || !isText(userId) || !isText(tenantId) || !isText(agentId)) {
      return huaweiFailure(operation, 500, "Business failure. Check the values of parameters in the request.");
    }
    return success(
      operation,
      activeWorkbenchCall(this.#calls, { callId, userId, tenantId, agentId }, this.#settings.now()),
    );
  }
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const success = (operation: string, content: object): VendorResponse => ({
  status: 200,
  body: JSON.stringify(content),
  operation,
  refusal: null,
});

function operationOf(path: string): string {
  return path.split("/").at(-1) ?? path;
}
