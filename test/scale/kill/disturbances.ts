import type { Random } from "../../../src/testing/data/random.js";

/** An action on a running fleet: kill a worker, kill and restart a server, or restart Redis without its data. */
export type Disturbance = "kill" | "redis" | "redis-loss" | "postgres";

/** The number of disturbances of each kind. */
export interface DisturbanceCounts {
  kills: number;
  redisRestarts: number;
  /** The number of further restarts of Redis, after which its data is lost. */
  redisLosses: number;
  postgresRestarts: number;
}

/** Returns the disturbances in a random order. */
export function planDisturbances(counts: DisturbanceCounts, random: Random): Disturbance[] {
  const repeat = (kind: Disturbance, count: number) => Array.from({ length: count }, () => kind);
  return [
    ...repeat("kill", counts.kills),
    ...repeat("redis", counts.redisRestarts),
    ...repeat("redis-loss", counts.redisLosses),
    ...repeat("postgres", counts.postgresRestarts),
  ]
    .map((kind) => ({ kind, place: random.next() }))
    .sort((one, other) => one.place - other.place)
    .map(({ kind }) => kind);
}
