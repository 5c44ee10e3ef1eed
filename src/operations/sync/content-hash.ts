import { createHash } from "node:crypto";
import type { VolatileFields } from "../../contract/provider.js";

/** 72 bits: of all that a tail can hold, no two contents of one call are alike by chance. */
const LENGTH = 12;

/** What tells one content of a vendor's row from another: short, and the same whatever the order of the fields. Volatile fields do not count. */
export class ContentHash {
  private readonly fields: ReadonlySet<string>;
  private readonly queriesOf: ReadonlySet<string>;

  constructor({ fields = [], queriesOf = [] }: VolatileFields = {}) {
    this.fields = new Set(fields);
    this.queriesOf = new Set(queriesOf);
  }

  /** @param row as JSON has it. */
  of(row: unknown): string {
    return createHash("sha256")
      .update(JSON.stringify([this.stable(row, false)]))
      .digest("base64url")
      .slice(0, LENGTH);
  }

  /** The value without what does not count, and with its fields in order. */
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
