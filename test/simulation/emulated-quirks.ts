import type { MissingPage, SearchCap } from "../../src/testing/index.js";
import type { SimulatedAccount } from "./scenario.js";

type Paged = Pick<SimulatedAccount, "pageSize" | "quirks"> & { pageCap?: number | null };

/** The size of the pages that are given. */
export function sizeOf({ pageSize, pageCap = null }: Pick<Paged, "pageSize" | "pageCap">): number {
  return Math.min(pageSize, pageCap ?? pageSize);
}

/** Of a cap that is declared: no multiple of most pages. */
const ROWS_DECLARED = 7;
/** Of a cap at a round number of rows. */
export const ROUND_ROWS = 1000;

/** For the emulator. A cap that is not declared shows only in a last page that is full. */
export function searchCapOf(account: Paged): SearchCap | null {
  const { searchCap, roundCap } = account.quirks;
  if (roundCap !== undefined) return { rows: ROUND_ROWS, total: "capped", beyond: roundCap };
  if (searchCap === undefined) return null;
  const { rows, total, beyond, declared } = searchCap;
  return { rows: declared ? rows * ROWS_DECLARED : rows * sizeOf(account), total, beyond };
}

/** For the provider; null where the cap is not declared. */
export function declaredCapOf(account: Paged): number | null {
  return account.quirks.searchCap?.declared === true ? (searchCapOf(account)?.rows ?? null) : null;
}

/** For the emulator. */
export function holeOf(account: Paged): MissingPage | null {
  const { hole } = account.quirks;
  return hole === undefined ? null : { row: hole.page * sizeOf(account), as: hole.as };
}

/** For the emulator. */
export function keptSecondsOf({ quirks: { keptDays } }: Paged): number | null {
  return keptDays === undefined ? null : keptDays * 86_400;
}

/** For the provider. */
export function retentionOf(account: Paged): { retentionSeconds?: number; suspectedRetentionSeconds?: number } {
  const { declaresKept, suspectedDays } = account.quirks;
  const kept = keptSecondsOf(account);
  return {
    ...(declaresKept === true && kept !== null ? { retentionSeconds: kept } : {}),
    ...(suspectedDays === undefined ? {} : { suspectedRetentionSeconds: suspectedDays * 86_400 }),
  };
}

/** For the emulator: of a history that reaches from one instant to another. */
export function brokenAtOf({ quirks: { broken } }: Pick<Paged, "quirks">, from: number, to: number): Date[] | null {
  return broken === undefined ? null : [new Date(Math.floor((from + broken * (to - from)) / 1000) * 1000)];
}
