import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileCheckpointStore } from "call-records";
import { atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";

const FEW = 50;
const TIMES = 4;
const ROUNDS = 5;
/** The checkpoint parts of a busy account. */
const PARTS = Object.fromEntries(
  Array.from({ length: 20 }, (_, part) => [
    `part ${part}`,
    Array.from({ length: 100 }, (_, row) => `${part}-${row}-0123456789abcdef`),
  ]),
);

/** Measures whether the time for the accounts of one file grows linearly: to load all of them, and to sync them one after the other. */
export async function accounts(): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "call-records-bench-"));
  try {
    const [few, many] = [await filled(join(folder, "few"), FEW), await filled(join(folder, "many"), FEW * TIMES)];
    await load(few);
    const loads: number[] = [];
    const syncs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      loads.push((await timeOf(() => load(many))) / (TIMES * (await timeOf(() => load(few)))));
      syncs.push((await timeOf(() => syncEach(many))) / (TIMES * (await timeOf(() => syncEach(few)))));
    }
    const goal = (what: string) => `Time ${what}, ${FEW * TIMES} accounts of one file ÷ ${TIMES} × ${FEW}`;
    // Time that grows quadratically would have the ratio 4.
    return [
      atMost(2, { goal: goal("to load"), value: median(loads) }),
      atMost(2, { goal: goal("to lock, save and release"), value: median(syncs) }),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Filled {
  path: string;
  labels: string[];
}

async function filled(path: string, count: number): Promise<Filled> {
  const labels = Array.from({ length: count }, (_, index) => `account ${index}`);
  const store = new FileCheckpointStore(path);
  const releases = await Promise.all(labels.map((label) => store.lock(label)));
  for (const label of labels) await store.save(label, PARTS);
  for (const release of releases) await release();
  return { path, labels };
}

async function load({ path, labels }: Filled): Promise<void> {
  const store = new FileCheckpointStore(path);
  await Promise.all(labels.map((label) => store.load(label)));
}

async function syncEach({ path, labels }: Filled): Promise<void> {
  const store = new FileCheckpointStore(path);
  for (const label of labels) {
    const release = await store.lock(label);
    await store.load(label);
    await store.save(label, { head: label });
    await release();
  }
}

/** Returns the CPU time in milliseconds, because the time of a disk varies. */
async function timeOf(work: () => Promise<void>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return Math.max(1, user + system) / 1000;
}
