import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileCheckpointStore } from "call-records";
import { atMost, type Measurement } from "../measurement.js";
import { median } from "../median.js";

const FEW = 50;
const TIMES = 4;
const ROUNDS = 5;
/** Of one account, as a busy one has them. */
const PARTS = Object.fromEntries(
  Array.from({ length: 20 }, (_, part) => [
    `part ${part}`,
    Array.from({ length: 100 }, (_, row) => `${part}-${row}-0123456789abcdef`),
  ]),
);

/** Whether the time for the accounts of one file grows with their number alone: to look at all of them, and to sync them one after the other. */
export async function accounts(): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "call-records-bench-"));
  try {
    const [few, many] = [await filled(join(folder, "few"), FEW), await filled(join(folder, "many"), FEW * TIMES)];
    await look(few);
    const looks: number[] = [];
    const syncs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      looks.push((await timeOf(() => look(many))) / (TIMES * (await timeOf(() => look(few)))));
      syncs.push((await timeOf(() => takeTurns(many))) / (TIMES * (await timeOf(() => takeTurns(few)))));
    }
    const goal = (what: string) => `Time ${what}, ${FEW * TIMES} accounts of one file ÷ ${TIMES} × ${FEW}`;
    // Time that grows with the square of the number would come to 4.
    return [
      atMost(2, { goal: goal("to look at"), value: median(looks) }),
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

async function look({ path, labels }: Filled): Promise<void> {
  const store = new FileCheckpointStore(path);
  await Promise.all(labels.map((label) => store.load(label)));
}

async function takeTurns({ path, labels }: Filled): Promise<void> {
  const store = new FileCheckpointStore(path);
  for (const label of labels) {
    const release = await store.lock(label);
    await store.load(label);
    await store.save(label, { head: label });
    await release();
  }
}

/** CPU time in milliseconds: a disk takes its own. */
async function timeOf(work: () => Promise<void>): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return Math.max(1, user + system) / 1000;
}
