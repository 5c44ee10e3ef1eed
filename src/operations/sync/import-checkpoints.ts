import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { accountOf, fromParts, providerOf, type SyncCheckpoint, toParts } from "../../engine/checkpoints/checkpoint.js";
import type { CheckpointParts, CheckpointStore } from "../../engine/checkpoints/checkpoint-store.js";
import { CheckpointError, RequestError } from "../../model/errors.js";
import { readArguments } from "../arguments.js";
import type { Destination } from "./destination.js";
import { openSession } from "./destination-checkpoints.js";
import { readDestination } from "./read-destination.js";
import { readStore } from "./sync-arguments.js";
import { UnsettledHashes } from "./unsettled-hashes.js";

/** Options of `importCheckpoints`. */
export interface ImportOptions {
  /** The labels of the accounts in the store. Default: all accounts that the store lists. A store without the method `accounts` requires this option. */
  accounts?: readonly string[] | undefined;
  /** The new labels of renamed accounts, by their labels in the store. */
  renamed?: Readonly<Record<string, string>> | undefined;
  /**
   * The labels, in the store, of accounts whose keys were replaced since the last pass. You state that each is still the same account of the vendor, so that the next
   * pass does not compare it.
   */
  rotatedKeys?: readonly string[] | undefined;
}

/** A checkpoint that a destination contains after `importCheckpoints`. */
export interface ImportedCheckpoint {
  /** The label in the store. */
  from: string;
  /** The label in the destination. */
  account: string;
  /** The provider's id, such as `tencent-ccc`. */
  provider: string;
  /** Whether it was written now. Otherwise the destination contained the same checkpoint already. */
  isNew: boolean;
}

const OPERATION = "importCheckpoints";
const label = z.string().min(1, "must not be empty");
const optionsSchema = z.strictObject({
  accounts: z.array(label).min(1, "must name at least one account").optional(),
  renamed: z.record(z.string(), label).default({}),
  rotatedKeys: z.array(label).default([]),
});

/** The times in which every database can search for calls. */
const ALL_TIME = { from: new Date(0), to: new Date("9999-12-31T00:00:00Z") };

/**
 * Copies the checkpoints of a `sync` from a store into a destination, so that `syncTo` continues where `sync` has ended. The store is locked meanwhile, and stays
 * unchanged. No calls are copied. The next `syncTo` writes all calls that are not settled, and `auditDestination` with `repair` the settled ones that the
 * destination lacks. May be run again after a failure.
 * @param store a `FileCheckpointStore`, or your own store.
 * @returns the checkpoints that the destination contains now.
 * @example
 * await importCheckpoints(new FileCheckpointStore("calls.checkpoint"), destination, { renamed: { "itniotech": "tenant-1" } });
 * @throws RequestError when an argument is wrong; CheckpointError when a checkpoint is missing, damaged or in use, when the destination has another checkpoint of
 * the account, or when it contains calls under the former label of a renamed account; the errors of the store and of the destination.
 */
export async function importCheckpoints(
  store: CheckpointStore,
  destination: Destination,
  options: ImportOptions = {},
): Promise<ImportedCheckpoint[]> {
  const source = readStore(OPERATION, store);
  const target = readDestination(OPERATION, destination);
  const { accounts, rotatedKeys, ...named } = readArguments(OPERATION, optionsSchema, options);
  const renamed = new Map(Object.entries(named.renamed));
  const labels = accounts ?? (await listAccounts(source));
  checkLabels(labels, renamed, rotatedKeys);
  const imported: ImportedCheckpoint[] = [];
  for (const from of labels) {
    const unlock = await source.lock(from);
    try {
      const checkpoint = readSaved(await source.load(from), from);
      const account = renamed.get(from) ?? from;
      if (account !== from) await refuseFormerLabel(target, checkpoint.provider, from, account);
      const moved = forDelivery(moveTo(account, checkpoint, rotatedKeys.includes(from)));
      const isNew = await writeTo(target, moved);
      imported.push({ from, account, provider: checkpoint.provider, isNew });
    } finally {
      await unlock();
    }
  }
  return imported;
}

async function listAccounts(store: CheckpointStore): Promise<string[]> {
  const labels = await store.accounts?.();
  if (labels === undefined)
    throw new RequestError(
      `${OPERATION}: argument \`accounts\`: is missing. The store has no method \`accounts\`, so pass the labels of its accounts.`,
    );
  return labels;
}

/** @throws RequestError when an option names an account that is not imported, or two accounts would have one label. */
function checkLabels(
  labels: readonly string[],
  renamed: ReadonlyMap<string, string>,
  rotatedKeys: readonly string[],
): void {
  for (const [option, named] of [
    ["renamed", [...renamed.keys()]],
    ["rotatedKeys", rotatedKeys],
  ] as const) {
    const unknown = named.find((one) => !labels.includes(one));
    if (unknown !== undefined)
      throw new RequestError(
        `${OPERATION}: argument \`${option}\`: names the account \`${unknown}\`, which is not imported. The accounts are ${labels.map((one) => `\`${one}\``).join(", ")}.`,
      );
  }
  const targets = labels.map((from) => renamed.get(from) ?? from);
  const twice = targets.find((account, index) => targets.indexOf(account) !== index);
  if (twice !== undefined)
    throw new RequestError(`${OPERATION}: two accounts would have the label \`${twice}\`. Give each its own label.`);
}

function readSaved(parts: CheckpointParts, account: string): SyncCheckpoint {
  const { head } = parts;
  const checkpoint = fromParts(parts, { id: providerOf(head) ?? "", account: accountOf(head) ?? account });
  if (checkpoint === null)
    throw new CheckpointError(`${account}: ${OPERATION}: the store has no checkpoint of this account.`, { account });
  if (checkpoint.account !== account)
    throw new CheckpointError(
      `${account}: ${OPERATION}: the checkpoint in the store belongs to the account \`${checkpoint.account}\`.`,
      { account },
    );
  return checkpoint;
}

/** Returns the checkpoint, whose unsettled calls are delivered again: the destination does not contain them, and an audit compares only settled calls. */
function forDelivery(checkpoint: SyncCheckpoint): SyncCheckpoint {
  const hashes = new UnsettledHashes(checkpoint.unsettledHashes);
  hashes.markStale();
  return { ...checkpoint, unsettledHashes: hashes.lines() };
}

/** Returns the checkpoint under another label. The hash of the key contains the label, so the former one is kept for the next comparison. */
function moveTo(account: string, checkpoint: SyncCheckpoint, hasNewKey: boolean): SyncCheckpoint {
  const { identity } = checkpoint;
  if (identity === null) return { ...checkpoint, account };
  const { endpoint, publicKeyHash, formerLabel = checkpoint.account } = identity;
  if (hasNewKey || publicKeyHash === null)
    return { ...checkpoint, account, identity: { endpoint, publicKeyHash: null } };
  return {
    ...checkpoint,
    account,
    identity: { endpoint, publicKeyHash, ...(formerLabel === account ? {} : { formerLabel }) },
  };
}

/** @throws CheckpointError when the destination contains calls or a checkpoint under the former label. The calls would be there twice, under two labels. */
async function refuseFormerLabel(destination: Destination, id: string, former: string, account: string): Promise<void> {
  const session = await openSession(destination, { id, account: former });
  try {
    let isUsed = Object.keys(await session.load()).length > 0;
    for await (const call of session.readCalls?.(ALL_TIME) ?? []) {
      isUsed ||= call.account === former;
      break;
    }
    if (isUsed)
      throw new CheckpointError(
        `${account}: ${OPERATION}: the destination contains calls or a checkpoint under the former label \`${former}\`. They would be there twice, under two labels. Change the label of the stored calls first, and remove the checkpoint.`,
        { account },
      );
  } finally {
    await session.close();
  }
}

/** @returns false if the destination contained the same checkpoint. @throws CheckpointError when it contains another one. */
async function writeTo(destination: Destination, checkpoint: SyncCheckpoint): Promise<boolean> {
  const { account, provider } = checkpoint;
  const session = await openSession(destination, { id: provider, account });
  try {
    const parts = toParts(checkpoint, new Map(Object.entries(checkpoint.unsettledHashes)));
    const existing = await session.load();
    if (isDeepStrictEqual({ ...existing }, parts)) return false;
    if (Object.keys(existing).length > 0)
      throw new CheckpointError(
        `${account}: ${OPERATION}: the destination already has a checkpoint of this account. It has not been changed. To import others, name them in \`accounts\`.`,
        { account, provider },
      );
    await session.write([], parts);
    return true;
  } finally {
    await session.close();
  }
}
