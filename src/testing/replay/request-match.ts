import { URL } from "node:url";
import { type CapturedExchange, REMOVED } from "../../capture/capture-format.js";
import { parseTaggedJson } from "../../capture/json-numbers.js";
import { isTime, timeOf } from "../../capture/kept-fields.js";
import type { JsonValue, PreparedRequest } from "../../index.js";

/** Times may differ by this much: the bounds of a window depend on the time at which it is requested. */
const TOLERANCE_MS = 300_000;
/** The value of a header that names an operation. */
const OPERATION = /^[A-Za-z]\w*$/;

/** The result of a comparison. */
export interface Match {
  /** The sum of the differences between the times. */
  distanceMs: number;
  /** The first part of the request that differs; null if the requests match. */
  difference: string | null;
}

/** Compares a request with a captured one, in which secrets are removed. Headers are compared only where both name an operation. */
export function compareRequests(captured: CapturedExchange["request"], request: PreparedRequest): Match {
  const { pathname, searchParams } = new URL(request.url);
  const comparison = new Comparison();
  comparison.same("method", captured.method, request.method);
  comparison.same("path", captured.path, pathname);
  const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  for (const [name, value] of Object.entries(captured.headers)) {
    const sent = headers.get(name.toLowerCase());
    if (OPERATION.test(value) && sent !== undefined && OPERATION.test(sent)) comparison.same(name, value, sent);
  }
  const query = (pairs: Iterable<[string, string]>): JsonValue => Object.fromEntries(pairs);
  comparison.values("query", "", query(captured.query), query(searchParams));
  comparison.values("body", "", captured.body, request.body === null ? null : parseTaggedJson(request.body));
  return comparison;
}

class Comparison implements Match {
  distanceMs = 0;
  difference: string | null = null;

  same(path: string, captured: string, sent: string): void {
    if (captured !== sent) this.difference ??= path;
  }

  /** @param field the name of the field that holds the values. */
  values(path: string, field: string, captured: JsonValue, sent: JsonValue): void {
    if (captured === REMOVED || this.difference !== null) return;
    if (typeof captured !== "object" || captured === null || typeof sent !== "object" || sent === null) {
      this.#scalars(path, field, captured, sent);
    } else {
      const [one, other] = [entriesOf(captured), entriesOf(sent)];
      if (Array.isArray(captured) !== Array.isArray(sent) || one.size !== other.size) this.difference = path;
      for (const [name, value] of one)
        this.values(`${path}.${name}`, Array.isArray(captured) ? field : name, value, other.get(name) ?? null);
    }
  }

  #scalars(path: string, field: string, captured: JsonValue, sent: JsonValue): void {
    const [one, other] = [timeIn(field, captured), timeIn(field, sent)];
    if (one === null || other === null || typeof captured !== typeof sent) {
      if (captured !== sent) this.difference = path;
      return;
    }
    const distanceMs = Math.abs(one - other);
    if (distanceMs > TOLERANCE_MS) this.difference = path;
    this.distanceMs += distanceMs;
  }
}

function entriesOf(value: Exclude<JsonValue, string | number | boolean | null>): Map<string, JsonValue> {
  return new Map(Object.entries(value));
}

function timeIn(field: string, value: JsonValue): number | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  return isTime(field, String(value)) ? timeOf(String(value)) : null;
}
