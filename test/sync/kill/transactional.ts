import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { CallRecordsClient, SyncCheckpoint } from "call-records";
import { type Delivery, deliver } from "./delivery.js";
import type { Pass } from "./pass.js";

/** Rows and checkpoints, which are always stored together. */
interface Ledger {
  checkpoints: Record<string, SyncCheckpoint>;
  rows: Delivery[];
}

const fileOf = (folder: string) => join(folder, "ledger");

export async function readLedger(folder: string): Promise<Ledger> {
  const text = await readFile(fileOf(folder), "utf8").catch(() => null);
  return text === null ? { checkpoints: {}, rows: [] } : (JSON.parse(text) as Ledger);
}

async function replaceLedger(folder: string, ledger: Ledger): Promise<void> {
  const temporary = `${fileOf(folder)}.new`;
  const file = await open(temporary, "w");
  await file.writeFile(JSON.stringify(ledger));
  await file.datasync();
  await file.close();
  await rename(temporary, fileOf(folder));
}

/** Runs a sync that stores the rows of each batch and the checkpoint in one step. */
export async function consumeInTransactions(
  client: CallRecordsClient,
  { folder, from, run }: Pass,
  announce: (batch: number) => void | Promise<void>,
): Promise<void> {
  const ledger = await readLedger(folder);
  let batch = 0;
  const stream = client.sync({ from, checkpoint: Object.values(ledger.checkpoints) });
  for await (const { account, changes, checkpoint } of stream) {
    batch += 1;
    await announce(batch);
    for (const change of changes) ledger.rows.push(deliver(change, run, batch));
    ledger.checkpoints[account] = checkpoint;
    await replaceLedger(folder, ledger);
  }
  for (const checkpoint of stream.checkpoints()) ledger.checkpoints[checkpoint.account] = checkpoint;
  await replaceLedger(folder, ledger);
}
