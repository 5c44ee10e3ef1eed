import type { Columns } from "../output/columns.js";

/** One thing that was looked at, of one account. */
export interface Check {
  account: string;
  check: "configuration" | "network" | "clock" | "credentials" | "permission" | "response" | "latency" | "probe";
  /** `skipped`: what failed before it leaves nothing to look at. */
  status: "ok" | "warning" | "failed" | "skipped";
  detail: string;
  /** What to do; null where nothing is to be done. */
  advice: string | null;
}

export const checkColumns: Columns<Check> = {
  all: [
    { name: "account", value: ({ account }) => account, width: 11, most: 24 },
    { name: "check", value: ({ check }) => check, width: 13 },
    { name: "status", value: ({ status }) => status, width: 7 },
    { name: "detail", value: ({ detail }) => detail, width: 42, most: 160, wraps: true },
    { name: "advice", value: ({ advice }) => advice, width: 40, most: 160 },
  ],
  table: ["account", "check", "status", "detail"],
};
