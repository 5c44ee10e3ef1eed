import {
  type AccountReport,
  type CallRecord,
  callRecordSchema,
  type FoundCall,
  type UsageSummary,
  usageSummarySchema,
} from "call-records";

/** Returns the faults of delivered values, which must match the model. */
export function faultsOfRecord(record: CallRecord): string[] {
  const told = withoutRaw(record);
  const read = callRecordSchema.safeParse(record);
  const faults = read.success ? [] : [`a record that its own schema refuses: ${describe(read.error.issues[0])}`];
  if (record.id === "") faults.push("a record with an empty id");
  faults.push(...faultsWithin(told, "record"));
  if (faults.length > 0) return faults;
  const again = callRecordSchema.safeParse(JSON.parse(JSON.stringify(told)));
  return again.success ? [] : [`a record whose JSON form its own schema refuses: ${describe(again.error.issues[0])}`];
}

/** A found call may have no start. This is its only difference from a record. */
export function faultsOfFound(found: FoundCall): string[] {
  return faultsOfRecord({ ...found, startedAt: found.startedAt ?? new Date(0) });
}

export function faultsOfSummary(summary: UsageSummary): string[] {
  const told = withoutRaw(summary);
  const read = usageSummarySchema.safeParse(summary);
  const faults = read.success ? [] : [`a summary that its own schema refuses: ${describe(read.error.issues[0])}`];
  const counts = Object.values(summary.calls ?? {});
  if (!counts.every(Number.isSafeInteger)) faults.push("a summary that counts calls in fractions");
  return [...faults, ...faultsWithin(told, "summary")];
}

export function faultsOfReport(report: AccountReport): string[] {
  const { requests, retries, throttles, waitedMs, windows, rows, duplicates, unreadable } = report;
  const counts = { requests, retries, throttles, waitedMs, windows, rows, duplicates, unreadable };
  const faults = Object.entries(counts).flatMap(([name, count]) =>
    Number.isFinite(count) && count >= 0 ? [] : [`report.${name} is ${count}`],
  );
  const again: unknown = JSON.parse(JSON.stringify(report));
  return [
    ...faults,
    ...faultsWithin(report, "report"),
    ...(sameJson(again, report) ? [] : ["a report that is no plain JSON"]),
  ];
}

/** The vendor's rows are not checked. */
function withoutRaw(value: CallRecord | UsageSummary): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== "raw"));
}

function describe(issue: { path: PropertyKey[]; message: string } | undefined): string {
  return issue === undefined ? "" : `${issue.path.map(String).join(".")}: ${issue.message}`;
}

/** Whether a value is unchanged after a conversion to JSON and back. */
function sameJson(again: unknown, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return Object.is(again, value);
  if (typeof again !== "object" || again === null || Object.getPrototypeOf(value) !== Object.getPrototypeOf(again))
    return false;
  const own = Object.entries(value);
  const others = new Map<string, unknown>(Object.entries(again));
  return own.length === others.size && own.every(([name, part]) => sameJson(others.get(name), part));
}

const DURATION = /(ring|wait|talk|ivr)Seconds$/;

/** Returns the faults at any depth of a value. */
function faultsWithin(value: unknown, path: string): string[] {
  if (value === undefined) return [`${path} is undefined`];
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return [`${path} is ${value}`];
    return DURATION.test(path) && (value < 0 || !Number.isInteger(value))
      ? [`${path} is negative or has a fraction: ${value}`]
      : [];
  }
  if (typeof value !== "object" || value === null) return [];
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? [`${path} is an invalid date`] : [];
  return Object.entries(value).flatMap(([name, part]) => faultsWithin(part, `${path}.${name}`));
}
