import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { Zone } from "../../src/contract/zone.js";
import { printReport } from "../../src/cli/terminal/report.js";
import { Messages } from "../../src/cli/terminal/messages.js";
import type { AccountReport } from "../../src/model/account-report.js";

function report(account: string, status: AccountReport["status"], more: Partial<AccountReport> = {}): AccountReport {
  const none = {
    requests: 1,
    retries: 0,
    throttles: 0,
    waitedMs: 0,
    windows: 0,
    windowsLeft: 0,
    rows: 0,
    duplicates: 0,
    unreadable: 0,
    coverage: [],
    unsettled: [],
    gaps: [],
  };
  return { account, provider: "itniotech", status, ...none, ...more };
}

function linesOf(accounts: readonly AccountReport[]): { code: number; lines: string[] } {
  const lines: string[] = [];
  const messages = new Messages({});
  // The environment of the tests decides whether the lines have colors.
  messages.redirect((line) => lines.push(stripVTControlCharacters(line)));
  const code = printReport(
    accounts,
    { noun: ["call", "calls"], zone: Zone.named("Asia/Shanghai"), fetch: null, named: true },
    messages,
  );
  return { code, lines };
}

describe("the closing report", () => {
  it("aligns accounts with Chinese labels, whose characters take two cells", () => {
    const { lines } = linesOf([report("热线 一号", "complete"), report("h", "complete", { rows: 1 })]);
    expect(lines).toEqual(["热线 一号  complete     0 calls, 1 request", "h          complete     1 call, 1 request"]);
  });

  it("does not report an account as failed if the user stopped it", () => {
    const error = {
      name: "AbortedError",
      code: "aborted" as const,
      message: "The call was aborted by its signal.",
      provider: null,
      account: "a",
      operation: null,
      vendorCode: null,
      requestId: null,
      attempts: null,
      window: null,
      retryable: false,
      retryAfterMs: null,
    };
    const { code, lines } = linesOf([
      report("a", "failed", {
        error,
        rows: 5,
        gaps: [{ from: "2026-11-01T00:00:00.000Z", to: "2026-11-02T00:00:00.000Z", reason: "stopped" }],
      }),
    ]);
    expect(code).toBe(3);
    expect(lines).toEqual([
      "a  partial      5 calls, 1 request",
      "   may be missing 2026-11-01 08:00:00 to 2026-11-02 08:00:00 (stopped before it was read)",
    ]);
  });

  it("distinguishes what was read with the vendor's number filter from what is missing", () => {
    const gap = { from: "2026-11-01T00:00:00.000Z", to: "2026-11-02T00:00:00.000Z", reason: "filtered" as const };
    const { code, lines } = linesOf([report("a", "partial", { rows: 5, gaps: [gap] })]);
    expect(code).toBe(3);
    expect(lines).toEqual([
      "a  partial      5 calls, 1 request",
      "   not verified 2026-11-01 08:00:00 to 2026-11-02 08:00:00 (read with numberFilter)",
    ]);
  });
});
