import type { JsonValue } from "../contract/http.js";

/** Limits the rows in the responses of one operation. Rows are the objects in the outermost lists of a body. */
export class RowLimit {
  /** Number of rows that were left out. */
  omitted = 0;
  #left: number;

  constructor(maxRows: number) {
    this.#left = maxRows;
  }

  /** Returns the body without the rows beyond the limit. */
  cut(body: JsonValue): JsonValue {
    if (Array.isArray(body)) return this.#cutList(body);
    if (typeof body !== "object" || body === null) return body;
    return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, this.cut(value)]));
  }

  #cutList(list: readonly JsonValue[]): JsonValue[] {
    if (!list.some((item) => typeof item === "object" && item !== null)) return [...list];
    const kept = list.slice(0, this.#left);
    this.#left -= kept.length;
    this.omitted += list.length - kept.length;
    return kept;
  }
}
