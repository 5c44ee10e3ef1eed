import type { AccountReport, CallRecord, Party } from "call-records";

/** The data that the page receives. Numbers and names are personal data, so it contains only what the page shows. */
export interface Snapshot {
  /** The time on the server's clock, because the viewer's may be wrong. All times are ISO 8601. */
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
  /** The time when the call was answered, or its start if it has not been answered. */
  since: string;
}

export interface LiveAccount {
  account: string;
  status: AccountReport["status"];
  calls: number;
  /** The reason why calls of this account are missing; null if all are shown. */
  reason: string | null;
}

/** Returns a snapshot of the calls, the longest first. */
export function snapshotOf(calls: readonly CallRecord[], accounts: readonly AccountReport[]): Snapshot {
  return {
    at: new Date().toISOString(),
    calls: calls
      .map(liveCall)
      .sort((one, other) => one.since.localeCompare(other.since) || one.id.localeCompare(other.id)),
    accounts: accounts.map(({ account, status, rows, error }) => {
      // The page shows the account beside the reason.
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
