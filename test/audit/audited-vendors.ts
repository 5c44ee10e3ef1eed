import type { AuditReport } from "call-records";
import { daysAgo, HOUR, NOW, openStage } from "../client/stage.js";

/** A settled range. */
export const range = { from: daysAgo(9), to: daysAgo(3) };
export const query = { ...range, accounts: ["itniotech", "tencent-ccc"] };

/** Starts vendors with calls of ten days. The remark of one call can be changed, and another call is removed after an hour. */
export async function openAudited() {
  // The start is in Shanghai time.
  const changing = { remark: "before", start: "2026-11-14 12:00:00" };
  const stage = await openStage({
    emulator: {
      days: 10,
      callsPerDay: 6,
      activeCalls: 0,
      calls: {
        itniotech: [
          {
            id: "900001",
            startedAt: daysAgo(6),
            row: {
              get remark() {
                return changing.remark;
              },
              get callStartTime() {
                return changing.start;
              },
            },
          },
          { id: "900002", startedAt: daysAgo(5), removedAt: new Date(NOW + HOUR) },
          { id: "900003", startedAt: daysAgo(4) },
        ],
      },
    },
  });
  return {
    ...stage,
    changing,
    later: () => {
      stage.clock.advance(2 * HOUR);
    },
  };
}

/** Returns the differences of a report as text, such as `missing itniotech 900003`. */
export function differencesIn(report: AuditReport): string[] {
  return report.accounts
    .flatMap(({ account, differences }) =>
      differences.map(({ type, id, fields }) => [type, account, id, ...fields].join(" ")),
    )
    .sort();
}
