import { serve } from "./process.js";
import type { Span } from "./span.js";
import type { TencentAccount } from "./tencent-history.js";

/** A loop that reads pages of 100 rows one after the other. */
export interface PlainLoop extends TencentAccount {
  span: Span;
  pages: number;
}

/** The parameters of `DescribeTelCdr`. */
export type PageParameters = Record<"SdkAppId" | "StartTimeStamp" | "EndTimeStamp" | "PageSize" | "PageNumber", number>;

/** The content of `Response`. If the vendor refuses, it contains only an `Error`. */
export interface CdrPage {
  TelCdrList?: unknown[];
}

/**
 * Serves a simple loop, which requests each page after the previous one, and returns its time in milliseconds.
 * @param connect returns the function that requests one page.
 */
export function servePlainLoop(
  connect: (account: TencentAccount) => (parameters: PageParameters) => Promise<CdrPage>,
): void {
  serve(async ({ span, pages, ...account }: PlainLoop): Promise<number> => {
    const requestPage = connect(account);
    const began = performance.now();
    for (let page = 0; page < pages; page += 1) {
      const { TelCdrList: rows } = await requestPage({
        SdkAppId: account.sdkAppId,
        StartTimeStamp: span.from.getTime() / 1000,
        EndTimeStamp: span.to.getTime() / 1000,
        PageSize: 100,
        PageNumber: page,
      });
      if (rows?.length !== 100) throw new Error("A page does not have 100 rows.");
    }
    return performance.now() - began;
  });
}
