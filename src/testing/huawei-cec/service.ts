import { CallTable, type TableRules } from "../data/call-table.js";
import type { PlannedCall } from "../data/planned-call.js";
import { SlidingSecond } from "../sliding-second.js";
import { jsonObject, type Vendor, type VendorAnswer, type VendorRequest } from "../vendor.js";
import { callAtDesk } from "./call-at-desk.js";
import { queryCallDetails } from "./call-details.js";
import { AccessTokens } from "./tokens.js";

export interface HuaweiKeys {
  appKey: string;
  appSecret: string;
}

export interface HuaweiSettings {
  keys: HuaweiKeys;
  now: () => number;
  requestsPerSecond: number;
  /** The longest life of a token, in seconds. */
  tokenTtlSeconds: number;
}

const TOKEN_PATH = "/apigovernance/api/oauth/tokenByAkSk";
const DETAIL_PATH = "/apiaccess/CC-Management/v1/mobileAgent/queryCallDetailRecord";
const DESK_PATH = "/apiaccess/rest/workbench/v1/queryCallInfoByCallId";
/** When X-Token-Expire is absent; the samples' value. */
const USUAL_TTL = 600;

const UNAUTHORIZED = "Unauthorized operation. 1. Check whether you have purchased related services. 2. Contact customer service to check the status of your account.";

/** The gateway of Huawei CEC: token service and the two interfaces behind it. */
export class HuaweiService implements Vendor {
  readonly id = "huawei-cec";
  readonly #calls: readonly PlannedCall[];
  readonly #table: CallTable;
  readonly #settings: HuaweiSettings;
  readonly #tokens: AccessTokens;
  readonly #pace: SlidingSecond;

  constructor(calls: readonly PlannedCall[], rules: TableRules, settings: HuaweiSettings) {
    this.#calls = calls.filter((call) => call.endedAt === null || call.endedAt > settings.now());
    this.#table = new CallTable(calls, rules, settings.now());
    this.#settings = settings;
    this.#tokens = new AccessTokens(settings.now);
    this.#pace = new SlidingSecond(settings.requestsPerSecond);
  }

  revokeTokens(): void {
    this.#tokens.revokeAll();
  }

  answer(request: VendorRequest): VendorAnswer {
    const operation = request.path.split("/").at(-1) ?? request.path;
    if (![TOKEN_PATH, DETAIL_PATH, DESK_PATH].includes(request.path)) return failure(operation, 404, "The requested content is not found. Check the request path.");
    if (request.method !== "POST") return failure(operation, 405, "The method is not allowed.");
    if (request.path === TOKEN_PATH) return this.#issueToken(request, operation);
    if (!this.#isAuthorized(request)) return failure(operation, 401, UNAUTHORIZED);
    if (!this.#pace.admit()) return failure(operation, 429, "Too many requests.");
    const body = jsonObject(request.body);
    if (body === null) return failure(operation, 400, "Incorrect request. Check the request path and parameters.");
    return request.path === DETAIL_PATH ? this.#queryDetails(body, operation) : this.#queryDesk(body, operation);
  }

  #issueToken(request: VendorRequest, operation: string): VendorAnswer {
    const { keys, now, tokenTtlSeconds } = this.#settings;
    const body = jsonObject(request.body);
    if (body === null) return failure(operation, 400, "Incorrect request. Check the request path and parameters.");
    if (body.get("app_key") !== keys.appKey || body.get("app_secret") !== keys.appSecret) return failure(operation, 401, UNAUTHORIZED);
    const asked = request.headers["x-token-expire"];
    const seconds = asked === undefined ? USUAL_TTL : Number(asked);
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600) return failure(operation, 400, "X-Token-Expire must be from 1 to 3600.");
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
    return request.headers["x-app-key"] === this.#settings.keys.appKey && token !== undefined && this.#tokens.isValid(token);
  }

  #queryDetails(body: ReadonlyMap<string, unknown>, operation: string): VendorAnswer {
    const answer = queryCallDetails(this.#table, body, this.#settings.now());
    if (answer === null) return failure(operation, 500, "Business failure. Check the values of parameters in the request.");
    return { status: 200, body: answer.text, operation, refusal: answer.retCode === "0" || answer.retCode === "1" ? null : answer.retCode };
  }

  #queryDesk(body: ReadonlyMap<string, unknown>, operation: string): VendorAnswer {
    const [callId, userId, tenantId, agentId] = ["callId", "userId", "tenantId", "agentId"].map((name) => body.get(name));
    if (!isText(callId) || !isText(userId) || !isText(tenantId) || !isText(agentId)) {
      return failure(operation, 500, "Business failure. Check the values of parameters in the request.");
    }
    return success(operation, callAtDesk(this.#calls, { callId, userId, tenantId, agentId }, this.#settings.now()));
  }
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const success = (operation: string, content: object): VendorAnswer => ({ status: 200, body: JSON.stringify(content), operation, refusal: null });

/** The body of a refusal is not documented: only the status may be relied upon. */
const failure = (operation: string, status: number, message: string): VendorAnswer => ({
  status,
  body: JSON.stringify({ retCode: String(status), retMsg: message }),
  operation,
  refusal: String(status),
});
