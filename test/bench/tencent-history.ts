import type { EmulatorOptions } from "call-records/testing";
import type { Span } from "./span.js";

/** One application at an emulated Tencent, and the keys to ask for it with. */
export interface TencentAccount {
  endpoint: string;
  secretId: string;
  secretKey: string;
  sdkAppId: number;
}

/** Pages of a hundred rows. */
export const PAGES = 240;

/** Not a multiple of a hundred: behind a full last page the client would look once more. */
const ROWS = PAGES * 100 - 50;

const SDK_APP_ID = 1_400_000_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

/** A call a minute in one application, all of them settled for long, and the span that holds them in `PAGES` pages. */
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
