import { callColumns } from "../columns/call-columns.js";
import { storableText } from "../columns/storable-text.js";
import type { CallRecord } from "../model/call-record.js";
import { isDate } from "../model/instant.js";
import type { StoredCall } from "../model/stored-call.js";

/** The key, the mark, and the vendor's row, which contains fields that differ in each response. */
const IGNORED = new Set(["account", "application", "id", "raw", "delistedAt"]);
/** The query of such an address is a signature, which differs in each response. */
const ADDRESSES = new Set(["url", "transcriptUrl"]);

/** Returns the names of the stored fields whose values differ from those of the call. Texts are compared as a database stores them. */
export function differingFields(stored: StoredCall, call: CallRecord): string[] {
  return Object.entries(stored)
    .filter(([field, value]) => !IGNORED.has(field) && !isSame(field, value, call[field as keyof CallRecord]))
    .map(([field]) => field);
}

function isSame(field: string, stored: unknown, read: unknown): boolean {
  if (stored === undefined) return true;
  if (isNull(stored)) return isNull(read) || isEmptyGroup(field, read);
  if (isNull(read)) return isPlainObject(stored) && Object.values(stored).every(isNull);
  if (isDate(read)) return (isDate(stored) ? stored.toISOString() : stored) === read.toISOString();
  if (typeof read === "string" && typeof stored === "string")
    return comparable(field, stored) === comparable(field, read);
  if (Array.isArray(read) && Array.isArray(stored))
    return (
      read.length === stored.length && read.every((item: unknown, index) => isSame(field, stored[index] ?? null, item))
    );
  if (!isPlainObject(read) || !isPlainObject(stored)) return stored === read;
  if (field === "relatedIds") return isSameRecord(stored, read);
  return Object.entries(stored).every(([name, value]) => isSame(name, value, read[name]));
}

/** Whether the columns of an object are null, so that a table contains nothing of it. */
function isEmptyGroup(field: string, read: unknown): boolean {
  if (!isPlainObject(read)) return false;
  const columns = callColumns.filter(({ name }) => name.startsWith(`${field}.`));
  return columns.length > 0 && columns.every(({ name }) => isNull(read[name.slice(field.length + 1)]));
}

/** Compares objects whose properties are the vendor's. */
function isSameRecord(stored: Record<string, unknown>, read: Record<string, unknown>): boolean {
  const storable = (entries: Record<string, unknown>) =>
    Object.entries(entries)
      .map(([name, value]) => `${storableText(name)}=${storableText(String(value))}`)
      .sort()
      .join("\n");
  return storable(stored) === storable(read);
}

function comparable(field: string, text: string): string {
  if (ADDRESSES.has(field)) return storableText(text.replace(/[?#].*$/s, ""));
  // A database may remove the zeros at the end of a decimal number, or add some.
  if (field === "amount") return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return storableText(text);
}

function isNull(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isDate(value);
}
