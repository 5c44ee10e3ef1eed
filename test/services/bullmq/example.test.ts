import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue } from "bullmq";
import sqlite from "node-sqlite3-wasm";
import { expect, it, onTestFinished } from "vitest";
import { readFleet, type SyncQueue } from "../../../examples/fleet/fleet-status.js";
import { runExample, startExample } from "../../examples/example-process.js";
import { connect, OwnRedis } from "../redis/redis-server.js";
import { until } from "./fleet.js";

it("syncs twelve accounts, shows their state, and removes its schedule when it is stopped", async () => {
  const server = await OwnRedis.start();
  const folder = await mkdtemp(join(tmpdir(), "call-records-fleet-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "fleet.db");
  const environment = { REDIS_URL: `redis://127.0.0.1:${server.port}` };
  const example = startExample("fleet", [path], environment);
  const queue: SyncQueue = new Queue("call-records-example", { connection: connect({ port: server.port }) });
  onTestFinished(() => queue.close());
  const fleet = await until("twelve complete accounts", async () => {
    const found = await readFleet(queue);
    return found.length === 12 && found.every(({ state }) => state === "complete") ? found : undefined;
  });
  const watched = await runExample("fleet/watch.ts", [], environment);
  for (const { account } of fleet) expect(watched.stdout).toContain(account);

  example.child.kill("SIGTERM");
  const { code, stdout } = await example.outcome;
  expect(code).toBe(143);
  expect(stdout).toContain("12 accounts were added to the schedule.");
  expect(stdout).toContain("The workers are closed. 12 accounts were removed from the schedule.");
  expect(await queue.getJobSchedulersCount()).toBe(0);
  const db = new sqlite.Database(path);
  const rows = db.all("select account, count(*) as calls from call_records group by account order by account");
  db.close();
  expect(rows.map(({ account }) => account)).toEqual(fleet.map(({ account }) => account));
  for (const [index, { calls }] of fleet.entries()) expect(rows[index]?.calls).toBeGreaterThanOrEqual(calls);
});
