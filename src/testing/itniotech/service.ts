import { createHash } from "node:crypto";
import { CallTable, type TableRules } from "../data/call-table.js";
import { readPage, type ListFlaw } from "../data/list-page.js";
import type { NumberMatching } from "../data/number-matching.js";
import type { PlannedCall } from "../data/planned-call.js";
import type { WallClock } from "../data/wall-clock.js";
import { audioResponse } from "../recordings/audio-response.js";
import { storedAudio } from "../recordings/kept-calls.js";
import { SlidingWindowLimiter } from "../sliding-window-limiter.js";
import { asObject, jsonObject, type Vendor, type VendorResponse, type VendorRequest } from "../vendor.js";
import type { RecordingRules } from "../recordings/recording-rules.js";
import { readFilters, WRONG_TYPE } from "./record-filters.js";
import { recordRow, voicePath } from "./record-row.js";
import { itniotechRefusal } from "./refusal.js";

/** The keys that the emulated Itniotech accepts. */
export interface ItniotechKeys {
  /** The header `Api-Key`. */
  apiKey: string;
  /** The secret that signs requests. */
  apiSecret: string;
}

export interface ItniotechSettings {
  keys: ItniotechKeys;
  now: () => number;
  requestsPerSecond: number;
  /** A non-decreasing time in milliseconds, for the rate limit. */
  monotonic: () => number;
  wallClock: WallClock;
  /** A window with more rows is refused. */
  maxRows: number;
  numberMatching: NumberMatching;
  recordings: RecordingRules;
}

const CLOCK_TOLERANCE_SECONDS = 1800;
const MAX_WINDOW_MS = 93 * 86_400_000;
const RECORDS_PATH = "/v3/cc/record/query";
const VOICE_PATH = "/voice/getVoiceFile";
/** The names of all operations. */
export const ITNIOTECH_OPERATIONS = [RECORDS_PATH, VOICE_PATH].map(operationOf);

/** Returns the lower-case hex MD5 of key, secret and timestamp. In the documentation, bDqJFiq9, 7bz1lzh9 and 1630468800 give 05d7a50893e22a5c4bb3216ae3396c7c. */
const signOf = ({ apiKey, apiSecret }: ItniotechKeys, timestamp: string) =>
  createHash("md5")
    .update(apiKey + apiSecret + timestamp)
    .digest("hex");

/** Itniotech's API: call records, and the download of a recording. */
export class ItniotechService implements Vendor {
  readonly #calls: readonly PlannedCall[];
  readonly #table: CallTable;
  readonly #settings: ItniotechSettings;
  readonly #rateLimiter: SlidingWindowLimiter;
  #voicePaths: Map<string, PlannedCall> | null = null;

  constructor(calls: readonly PlannedCall[], rules: TableRules, settings: ItniotechSettings) {
    this.#calls = calls;
    this.#table = new CallTable(calls, rules, settings.now());
    this.#settings = settings;
    this.#rateLimiter = new SlidingWindowLimiter(settings.requestsPerSecond, settings.monotonic);
  }

  operationOf(request: VendorRequest): string {
    return operationOf(request.path);
  }

  respond(request: VendorRequest, flaw?: ListFlaw): VendorResponse {
    const methods: Record<string, string> = { [RECORDS_PATH]: "POST", [VOICE_PATH]: "GET" };
    const method = methods[request.path];
    const operation = this.operationOf(request);
    if (method === undefined || method !== request.method) {
      const status = method === undefined ? 404 : 405;
      return { status, body: JSON.stringify({ status, error: "Not found" }), operation, refusal: String(status) };
    }
    const status = this.#admission(request);
    if (status !== 0) return itniotechRefusal(operation, status);
    return request.path === VOICE_PATH ? this.#voiceFile(request, operation) : this.#records(request, operation, flaw);
  }

  /** Returns 0, or the status of the refusal. */
  #admission(request: VendorRequest): number {
    const { keys, now } = this.#settings;
    const { "api-key": apiKey, timestamp, sign } = request.headers;
    if (apiKey !== keys.apiKey || typeof timestamp !== "string" || typeof sign !== "string") return -1;
    if (!/^\d+$/.test(timestamp) || Math.abs(Number(timestamp) - now() / 1000) > CLOCK_TOLERANCE_SECONDS) return -16;
    if (sign !== signOf(keys, timestamp)) return -1;
    return this.#rateLimiter.admit() ? 0 : -15;
  }

  #records(request: VendorRequest, operation: string, flaw?: ListFlaw): VendorResponse {
    const isJson = request.headers["content-type"]?.toLowerCase().startsWith("application/json") ?? false;
    const requested = jsonObject(request.body);
    const params = asObject(requested?.get("params"));
    const current = requested?.get("current");
    const size = requested?.get("size");
    if (!isJson || params === null || !isWhole(current) || !isWhole(size) || current < 1 || size < 1 || size > 100)
      return itniotechRefusal(operation, -22);
    const startTime = params.get("startTime");
    const endTime = params.get("endTime");
    if (typeof startTime !== "string" || typeof endTime !== "string") return itniotechRefusal(operation, -22);
    const [from, to] = [this.#instant(startTime), this.#instant(endTime)];
    if (from === null || to === null) return itniotechRefusal(operation, -11);
    if (from > to) return itniotechRefusal(operation, -22);
    if (to - from > MAX_WINDOW_MS) return itniotechRefusal(operation, -76);
    const filter = readFilters(params, this.#settings.numberMatching);
    if (filter === WRONG_TYPE) return itniotechRefusal(operation, -22);
    const found = this.#table.find({ from, to, now: this.#settings.now(), ...(filter === null ? {} : { filter }) });
    if (found.total > this.#settings.maxRows) return itniotechRefusal(operation, -23);
    // Page numbers refer to the size in force, which the response contains as `size`.
    const given = found.pageSize(size);
    const { total, calls, flawed, withheld } = readPage(found, (current - 1) * given, given, flaw, true);
    if (withheld === "refused") return itniotechRefusal(operation, -21);
    const records = calls.map((call) => recordRow(call, this.#settings.wallClock));
    const data = { total, size: given, current, searchCount: true, pages: Math.ceil(total / given), records };
    const body = JSON.stringify({ status: 0, reason: "success", data });
    return { status: 200, body, operation, refusal: null, flawed };
  }

  /** Reads `yyyy-MM-dd HH:mm:ss` in the vendor's zone, or ISO 8601 with an offset and without fractions of a second, as documented. */
  #instant(text: string): number | null {
    const local = this.#settings.wallClock.parse(text);
    if (local !== null) return local;
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
    const instant = Date.parse(text);
    return Number.isNaN(instant) ? null : instant;
  }

  #voiceFile(request: VendorRequest, operation: string): VendorResponse {
    const path = new URLSearchParams(request.query).get("voiceFileId") ?? "";
    const { wallClock, now, recordings } = this.#settings;
    this.#voicePaths ??= new Map(this.#calls.map((call) => [voicePath(call, wallClock) ?? "", call]));
    const call = path === "" ? undefined : this.#voicePaths.get(path);
    if (call === undefined || !recordings.isKept(call, now())) return itniotechRefusal(operation, -24);
    const stored = storedAudio(call, path, "audio/mpeg");
    const response = audioResponse(stored, request, operation, recordings.hasRanges);
    const name = path.split("/").at(-1) ?? path;
    return { ...response, headers: { ...response.headers, "Content-Disposition": `attachment; filename="${name}"` } };
  }
}

const isWhole = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value);

function operationOf(path: string): string {
  return path.slice(1);
}
