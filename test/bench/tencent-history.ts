import type { EmulatorOptions } from "call-records/testing";
import type { Span } from "./span.js";

/** An application of the emulated Tencent, and the keys of its account. */
export interface TencentAccount {
  endpoint: string;
  secretId: string;
  secretKey: string;
  sdkAppId: number;
}

/** The number of pages of 100 rows. */
export const PAGES = 240;

/** The number of rows. It is not a multiple of 100, because after a full last page the client would send one more request. */
const ROWS = PAGES * 100 - 50;

const SDK_APP_ID = 1_400_000_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

/** Returns settled calls of one application, one per minute, and the span that contains them in `PAGES` pages. */
export function tencentHistory(): { emulator: EmulatorOptions; span: Span } {
  const end = Math.floor((Date.now() - 4 * DAY) / 1000) * 1000;
  return {
    emulator: {
      sdkAppIds: [SDK_APP_ID],
      callsPerDay: 0,
      activeCalls: 0,
      calls: {
        "tencent-ccc": Array.from({ length: ROWS }, (_, index) => ({
          startedAt: new Date(end - (index + 1) * MINUTE),
        })),
      },
    },
    span: { from: new Date(end - (ROWS + 1) * MINUTE), to: new Date(end) },
  };
}
