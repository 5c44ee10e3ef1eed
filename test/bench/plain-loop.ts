import { serve } from "./process.js";
import type { Span } from "./span.js";
import type { TencentAccount } from "./tencent-history.js";

/** Pages of a hundred rows to read, one after the other. */
export interface PlainLoop extends TencentAccount {
  span: Span;
  pages: number;
}

/** What `DescribeTelCdr` is asked for. */
export type PageParameters = Record<"SdkAppId" | "StartTimeStamp" | "EndTimeStamp" | "PageSize" | "PageNumber", number>;

/** What stands under `Response`; only an `Error` where the vendor refuses. */
export interface CdrPage {
  TelCdrList?: unknown[];
}

/**
 * Serves a loop as it is written first: a page, and when it has come the next one. Answers how long it took, in milliseconds.
 * @param connect makes what asks for one page.
 */
export function servePlainLoop(
  connect: (account: TencentAccount) => (parameters: PageParameters) => Promise<CdrPage>,
): void {
  serve(async ({ span, pages, ...account }: PlainLoop): Promise<number> => {
    const ask = connect(account);
    const began = performance.now();
    for (let page = 0; page < pages; page += 1) {
      const { TelCdrList: rows } = await ask({
        SdkAppId: account.sdkAppId,
        StartTimeStamp: span.from.getTime() / 1000,
        EndTimeStamp: span.to.getTime() / 1000,
        PageSize: 100,
        PageNumber: page,
      });
      if (rows?.length !== 100) throw new Error("A page did not come.");
    }
    return performance.now() - began;
  });
}
