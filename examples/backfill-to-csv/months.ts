/** The last whole months before an instant, the first one first, such as `2026-09`, `2026-10`: `month()` of call-records makes ranges of them. */
export function monthsBefore(now: Date, count: number, timeZone: string): string[] {
  // Sweden writes dates as ISO 8601 does.
  const [year = 0, month = 0] = now.toLocaleDateString("sv-SE", { timeZone }).split("-").map(Number);
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.UTC(year, month - 1 - count + index)).toISOString().slice(0, 7),
  );
}
