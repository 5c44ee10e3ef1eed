import { createHash } from "node:crypto";
import type { VolatileFields } from "../../contract/provider.js";

/** 72 bits make a collision between two contents of one call improbable. */
const LENGTH = 12;

/** Computes a short hash of a row's content. It does not depend on the order of the fields, nor on volatile fields. */
export class ContentHash {
  private readonly fields: ReadonlySet<string>;
  private readonly queriesOf: ReadonlySet<string>;

  constructor({ fields = [], queriesOf = [] }: VolatileFields = {}) {
    this.fields = new Set(fields);
    this.queriesOf = new Set(queriesOf);
  }

  /** @param row a JSON value. */
  of(row: unknown): string {
    return createHash("sha256")
      .update(JSON.stringify([this.stable(row, false)]))
      .digest("base64url")
      .slice(0, LENGTH);
  }

  /** Returns the value without volatile parts, with its fields in alphabetical order. */
  private stable(value: unknown, withoutQuery: boolean): unknown {
    if (typeof value === "string") return withoutQuery ? value.replace(/[?#].*$/s, "") : value;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.stable(item, withoutQuery));
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => !this.fields.has(name))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, field]) => [name, this.stable(field, withoutQuery || this.queriesOf.has(name))]),
    );
  }
}
