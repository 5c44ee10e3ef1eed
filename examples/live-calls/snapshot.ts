import type { AccountReport, CallRecord, Party } from "call-records";

/** What the page is sent: numbers and names are people's, so no more of a record than it shows. */
export interface Snapshot {
  /** By the server's clock, since the viewer's may be wrong. ISO 8601, as are all times here. */
  at: string;
  calls: LiveCall[];
  accounts: LiveAccount[];
}

export interface LiveCall {
  account: string;
  id: string;
  state: string;
  direction: string;
  caller: string | null;
  callee: string | null;
  agent: string | null;
  /** When talk began, or the call where it has not. */
  since: string;
}

export interface LiveAccount {
  account: string;
  status: AccountReport["status"];
  calls: number;
  /** Why calls of this account are not shown, or not all of them. */
  reason: string | null;
}

/** Longest first. */
export function snapshotOf(calls: readonly CallRecord[], accounts: readonly AccountReport[]): Snapshot {
  return {
    at: new Date().toISOString(),
    calls: calls
      .map(liveCall)
      .sort((one, other) => one.since.localeCompare(other.since) || one.id.localeCompare(other.id)),
    accounts: accounts.map(({ account, status, rows, error }) => {
      // The account stands beside it already.
      const reason = error?.message.replace(`${account}: `, "") ?? null;
      return { account, status, calls: rows, reason };
    }),
  };
}

function liveCall({
  account,
  id,
  state,
  direction,
  caller,
  callee,
  agent,
  startedAt,
  answeredAt,
}: CallRecord): LiveCall {
  return {
    account,
    id,
    state,
    direction,
    caller: shown(caller),
    callee: shown(callee),
    agent: agent?.name ?? agent?.email ?? agent?.id ?? null,
    since: (answeredAt ?? startedAt).toISOString(),
  };
}

function shown(party: Party | null): string | null {
  return party?.number ?? party?.protectedId ?? null;
}
