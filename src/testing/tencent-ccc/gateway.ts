import type { ListFlaw } from "../data/list-page.js";
import type { Random } from "../data/random.js";
import { randomUuid } from "../data/uuid.js";
import { SlidingWindowLimiter } from "../sliding-window-limiter.js";
import type { Vendor, VendorResponse, VendorRequest } from "../vendor.js";
import type { ActionResponse, TencentRecords } from "./actions.js";
import { tencentResponse } from "./envelope.js";
import { TencentParameters, TencentRefusal } from "./parameters.js";
import { isSignedBy, readAuthorization } from "./signature.js";

/** The keys that the emulated Tencent accepts. */
export interface TencentKeys {
  /** The API key's id. */
  secretId: string;
  /** The secret that signs requests. */
  secretKey: string;
  /** The token of temporary credentials. Without it, the keys are permanent and the header is not checked. */
  token?: string;
}

export interface GatewaySettings {
  keys: TencentKeys;
  now: () => number;
  /** The limit of each API, as documented. */
  requestsPerSecond: number;
  /** A non-decreasing time in milliseconds, for the rate limit. */
  monotonic: () => number;
  /** The generator of request ids. */
  random: Random;
}

const VERSION = "2020-02-10";
const CLOCK_TOLERANCE_SECONDS = 300;

/** Tencent's API 3.0 gateway in front of Cloud Contact Center: signature, clock, rate limit and errors as documented. */
export class TencentGateway implements Vendor {
  readonly #records: TencentRecords;
  readonly #settings: GatewaySettings;
  readonly #rateLimiters = new Map<string, SlidingWindowLimiter>();

  constructor(records: TencentRecords, settings: GatewaySettings) {
    this.#records = records;
    this.#settings = settings;
  }

  operationOf(request: VendorRequest): string {
    return header(request, "x-tc-action") || `${request.method} ${request.path}`;
  }

  setApplications(sdkAppIds: readonly number[]): void {
    this.#records.setApplications(sdkAppIds);
  }

  respond(request: VendorRequest, flaw?: ListFlaw): VendorResponse {
    const respond = (content: () => object, refusal: string | null) =>
      tencentResponse(this.operationOf(request), content, randomUuid(this.#settings.random), refusal);
    try {
      const { content, flawed = false } = this.#perform(request, flaw);
      return { ...respond(content, null), flawed };
    } catch (error) {
      if (!(error instanceof TencentRefusal)) throw error;
      return respond(() => ({ Error: { Code: error.code, Message: error.message } }), error.code);
    }
  }

  #perform(request: VendorRequest, flaw?: ListFlaw): ActionResponse {
    if (request.method !== "POST")
      throw new TencentRefusal("UnsupportedProtocol", "This emulator supports only POST with a JSON body.");
    if (request.path !== "/") throw new TencentRefusal("InvalidAction", "The path must be /.");
    const name = required(request, "X-TC-Action");
    const version = required(request, "X-TC-Version");
    this.#authenticate(request);
    if (version !== VERSION) throw new TencentRefusal("NoSuchVersion", `The version \`${version}\` does not exist.`);
    const action = this.#records.actions.get(name);
    if (action === undefined) throw new TencentRefusal("InvalidAction", `The action \`${name}\` does not exist.`);
    const pace =
      this.#rateLimiters.get(name) ??
      new SlidingWindowLimiter(this.#settings.requestsPerSecond, this.#settings.monotonic);
    this.#rateLimiters.set(name, pace);
    if (!pace.admit()) {
      const limit = this.#settings.requestsPerSecond;
      throw new TencentRefusal(
        "RequestLimitExceeded",
        `Your current request times exceed the frequency limit of \`${limit}\` in a second.`,
      );
    }
    return action.response(new TencentParameters(request.body, action.parameters), flaw);
  }

  #authenticate(request: VendorRequest): void {
    const { keys, now } = this.#settings;
    const timestamp = required(request, "X-TC-Timestamp");
    const authorization = readAuthorization(required(request, "Authorization"));
    if (authorization === null)
      throw new TencentRefusal(
        "AuthFailure.InvalidAuthorization",
        "The `Authorization` header does not have the documented form.",
      );
    if (!/^\d{1,12}$/.test(timestamp))
      throw new TencentRefusal("InvalidParameter", "`X-TC-Timestamp` is not a Unix timestamp.");
    if (Math.abs(Number(timestamp) - now() / 1000) > CLOCK_TOLERANCE_SECONDS) {
      throw new TencentRefusal(
        "AuthFailure.SignatureExpire",
        "The signature has expired: the time stamp is more than 5 minutes off.",
      );
    }
    if (authorization.secretId !== keys.secretId)
      throw new TencentRefusal("AuthFailure.SecretIdNotFound", "The SecretId is not found.");
    if (!isSignedBy(keys.secretKey, authorization, { ...request, timestamp })) {
      throw new TencentRefusal("AuthFailure.SignatureFailure", "The provided credentials could not be validated.");
    }
    if (keys.token !== undefined && header(request, "x-tc-token") !== keys.token)
      throw new TencentRefusal("AuthFailure.TokenFailure", "The token is wrong.");
  }
}

function header(request: VendorRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === "string" ? value : "";
}

function required(request: VendorRequest, name: string): string {
  const value = header(request, name.toLowerCase());
  if (value === "") throw new TencentRefusal("MissingParameter", `The request is missing the header \`${name}\`.`);
  return value;
}
