import { callKey, type CallRecord, type CallRecordsClient, type StoredCall } from "call-records";
import type { EmulatedCall, VendorEmulator } from "call-records/testing";
import { assertSameCall } from "../../../../src/testing/destination/stored-calls.js";
import { VENDORS } from "../../../sync/kill/account.js";
import { type Stored, storeOf } from "./stored.js";

interface Interval {
  from: string;
  to: string;
}

/** Whether an interval contains the start of a call. */
function startsWithin({ startedAt }: EmulatedCall, intervals: readonly Interval[]): boolean {
  return intervals.some(({ from, to }) => startedAt >= new Date(from) && startedAt < new Date(to));
}

/** Whether an interval that was read contains a call. A vendor lists a call by its start or by its end, so that both must be in the interval. */
function isListedWithin({ startedAt, endedAt }: EmulatedCall, intervals: readonly Interval[]): boolean {
  return intervals.some(
    ({ from, to }) => startedAt >= new Date(from) && startedAt < new Date(to) && (endedAt ?? startedAt) < new Date(to),
  );
}

/**
 * Checks that the checkpoints are not ahead of the rows: each call of an interval that a checkpoint contains must be stored.
 * @param listedBefore a time before the first pass: a call that was listed then is in every response.
 */
export async function checkCheckpoints(
  stored: Stored,
  client: CallRecordsClient,
  { truth }: VendorEmulator,
  listedBefore: number,
): Promise<string[]> {
  const byKey = new Map(stored.calls.map((call) => [callKey(call), call]));
  const accounts = await client.coverage(storeOf(stored));
  return VENDORS.flatMap((vendor) => {
    const account = accounts.find(({ provider }) => provider === vendor);
    if (account === undefined) throw new Error(`The client has no account of ${vendor}.`);
    return truth[vendor].calls.flatMap((call) => {
      const found = byKey.get(callKey({ ...call, account: account.account }));
      const name = `${account.account} ${call.id}, started ${call.startedAt.toISOString()}`;
      const isFinal = startsWithin(call, account.coverage);
      const wasListed = call.listedFrom !== null && call.listedFrom.getTime() < listedBefore;
      if (!isFinal && !(wasListed && isListedWithin(call, account.unsettled))) return [];
      if (found === undefined) return [`the checkpoint is ahead of the rows: it contains ${name}`];
      if (isFinal && found.endedAt?.getTime() !== call.endedAt?.getTime())
        return [`the checkpoint is ahead of the rows: the row is not the last one of ${name}`];
      return [];
    });
  });
}

/** Checks that exactly these calls are stored, with these contents. */
export function checkCalls(stored: readonly StoredCall[], truth: readonly CallRecord[]): string[] {
  const byKey = new Map(stored.map((call) => [callKey(call), call]));
  const known = new Set(truth.map(callKey));
  return [
    ...(byKey.size === stored.length ? [] : [`${stored.length - byKey.size} calls are stored twice`]),
    ...[...byKey.keys()].filter((key) => !known.has(key)).map((key) => `unknown to the vendor: ${key}`),
    ...truth.flatMap((call) => {
      const found = byKey.get(callKey(call));
      if (found === undefined) return [`never stored: ${callKey(call)}, started ${call.startedAt.toISOString()}`];
      try {
        assertSameCall(found, { ...call, ...sidesOf(call) });
        return [];
      } catch (error) {
        return [`stored with other contents: ${callKey(call)}: ${String(error)}`];
      }
    }),
  ];
}

/** Returns the parties of a call. The tables contain only numbers, so that a party that has none is null there. */
function sidesOf(call: CallRecord): Partial<CallRecord> {
  const sides = ["caller", "callee", "customer", "line"] as const;
  return Object.fromEntries(sides.map((side) => [side, hasNumber(call[side]) ? call[side] : null]));
}

function hasNumber(party: CallRecord["caller"]): boolean {
  return party !== null && (party.number !== null || party.e164 !== null);
}
