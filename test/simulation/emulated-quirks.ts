import type { MissingPage, SearchCap } from "../../src/testing/index.js";
import type { SimulatedAccount } from "./scenario.js";

type Paged = Pick<SimulatedAccount, "pageSize" | "quirks"> & { pageCap?: number | null };

/** Returns the size of the pages that the vendor returns. */
export function sizeOf({ pageSize, pageCap = null }: Pick<Paged, "pageSize" | "pageCap">): number {
  return Math.min(pageSize, pageCap ?? pageSize);
}

/** The unit of a declared cap: most page sizes do not divide it. */
const ROWS_DECLARED = 7;
/** The cap at a round number of rows. */
export const ROUND_ROWS = 1000;

/** Returns the emulator's cap. A cap that is not declared can be recognised only by a full last page. */
export function searchCapOf(account: Paged): SearchCap | null {
  const { searchCap, roundCap } = account.quirks;
  if (roundCap !== undefined) return { rows: ROUND_ROWS, total: "capped", beyond: roundCap };
  if (searchCap === undefined) return null;
  const { rows, total, beyond, declared } = searchCap;
  return { rows: declared ? rows * ROWS_DECLARED : rows * sizeOf(account), total, beyond };
}

/** Returns the provider's cap; null if it is not declared. */
export function declaredCapOf(account: Paged): number | null {
  return account.quirks.searchCap?.declared === true ? (searchCapOf(account)?.rows ?? null) : null;
}

/** Returns the emulator's missing page. */
export function holeOf(account: Paged): MissingPage | null {
  const { hole } = account.quirks;
  return hole === undefined ? null : { row: hole.page * sizeOf(account), as: hole.as };
}

/** Returns the emulator's retention. */
export function keptSecondsOf({ quirks: { keptDays } }: Paged): number | null {
  return keptDays === undefined ? null : keptDays * 86_400;
}

/** Returns the provider's options for the retention. */
export function retentionOf(account: Paged): { retentionSeconds?: number; suspectedRetentionSeconds?: number } {
  const { declaresKept, suspectedDays } = account.quirks;
  const kept = keptSecondsOf(account);
  return {
    ...(declaresKept === true && kept !== null ? { retentionSeconds: kept } : {}),
    ...(suspectedDays === undefined ? {} : { suspectedRetentionSeconds: suspectedDays * 86_400 }),
  };
}

/** Returns the emulator's instants that cannot be read, in a history between these bounds. */
export function brokenAtOf({ quirks: { broken } }: Pick<Paged, "quirks">, from: number, to: number): Date[] | null {
  return broken === undefined ? null : [new Date(Math.floor((from + broken * (to - from)) / 1000) * 1000)];
}
