import { execFileSync, type SpawnOptions } from "node:child_process";
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { freePort } from "../../free-port.js";
import { ServerProcess } from "./server-process.js";

/** The servers of a campaign. They belong to it alone, so that they can be killed. */
export interface Servers {
  redisPort: number;
  redis: ServerProcess;
  /** Removes the data of Redis, which must not run. */
  loseRedisData: () => void;
  /** The URL of the database. */
  database: string;
  postgres: ServerProcess;
  /** Kills both, and removes their data. */
  remove(): Promise<void>;
}

/** Starts a Redis that keeps its state through a crash, as docs/scale.md requires, and a PostgreSQL. */
export async function startServers(): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), "call-records-fleet-"));
  const redisPort = await freePort();
  const redisFolder = join(folder, "redis");
  mkdirSync(redisFolder);
  const redis = redisServer(redisPort, redisFolder);
  const postgresPort = await freePort();
  const postgres = postgresServer(postgresPort, folder);
  const remove = async () => {
    await redis.kill();
    await postgres.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await redis.start();
    await postgres.start();
  } catch (error) {
    await remove();
    throw error;
  }
  const loseRedisData = () => {
    for (const name of readdirSync(redisFolder)) rmSync(join(redisFolder, name), { recursive: true });
  };
  return { redisPort, redis, loseRedisData, database: urlOf(postgresPort), postgres, remove };
}

function redisServer(port: number, folder: string): ServerProcess {
  return new ServerProcess(
    [
      "redis-server",
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--dir",
      folder,
      "--save",
      "",
      "--appendonly",
      "yes",
    ],
    {},
    async () => {
      const redis = new Redis({ port, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
      redis.on("error", () => undefined);
      try {
        await redis.connect();
        await redis.ping();
      } finally {
        redis.disconnect();
      }
    },
    "SIGKILL",
  );
}

const urlOf = (port: number) => `postgres://postgres@127.0.0.1:${port}/postgres`;

function postgresServer(port: number, parent: string): ServerProcess {
  const user = unprivilegedUser();
  const folder = join(parent, "postgres");
  mkdirSync(folder, { mode: 0o700 });
  if (user.uid !== undefined && user.gid !== undefined) {
    chownSync(parent, user.uid, user.gid);
    chownSync(folder, user.uid, user.gid);
  }
  execFileSync("initdb", ["--pgdata", folder, "--username", "postgres", "--auth", "trust", "--no-sync"], {
    ...user,
    stdio: "ignore",
  });
  return new ServerProcess(
    [
      "postgres",
      "-D",
      folder,
      "-p",
      String(port),
      "-c",
      "listen_addresses=127.0.0.1",
      "-c",
      "unix_socket_directories=",
    ],
    user,
    async () => {
      const client = new pg.Client({ connectionString: urlOf(port) });
      client.on("error", () => undefined);
      await client.connect();
      await client.end();
    },
    // All its processes end at once, without a checkpoint. The next start recovers from the log.
    "SIGQUIT",
  );
}

/** PostgreSQL refuses to run as root. Returns the user that is made for it. */
function unprivilegedUser(): Pick<SpawnOptions, "uid" | "gid"> {
  if (process.getuid?.() !== 0) return {};
  const idOf = (option: "-u" | "-g") => Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
}
