/** Returns the last whole months before an instant, in ascending order, such as `2026-09`, `2026-10`. `month()` of call-records converts them to ranges. */
export function monthsBefore(now: Date, count: number, timeZone: string): string[] {
  // The Swedish date format is ISO 8601.
  const [year = 0, month = 0] = now.toLocaleDateString("sv-SE", { timeZone }).split("-").map(Number);
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.UTC(year, month - 1 - count + index)).toISOString().slice(0, 7),
  );
}
