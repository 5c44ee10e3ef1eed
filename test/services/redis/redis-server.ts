import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Redis, type RedisOptions } from "ioredis";
import { closeWithFile } from "../../closing.js";
import { freePort } from "../../free-port.js";

/** Returns a connection to the server of this machine. It is closed with the test file. */
export function connect(
  options: Partial<Pick<RedisOptions, "port" | "username" | "password" | "lazyConnect" | "retryStrategy">> = {},
): Redis {
  const redis = new Redis({ host: "127.0.0.1", ...options });
  // Failures are reported by the commands.
  redis.on("error", () => undefined);
  closeWithFile(() => {
    redis.disconnect();
  });
  return redis;
}

/** Returns a prefix of keys that no other test uses. The keys are removed with the test file. */
export function newPrefix(): string {
  const prefix = `test-${randomUUID()}`;
  closeWithFile(async () => {
    const redis = new Redis();
    const keys = await redis.keys(`${prefix}:*`);
    if (keys.length > 0) await redis.del(...keys);
    redis.disconnect();
  });
  return prefix;
}

/** A server of Redis for one test, which can be stopped and started again. It stores nothing on the disk. */
export class OwnRedis {
  private process: ChildProcess | null = null;

  private constructor(readonly port: number) {}

  static async start(): Promise<OwnRedis> {
    const server = new OwnRedis(await freePort());
    closeWithFile(() => server.kill());
    await server.start();
    return server;
  }

  /** Resolves when the server accepts commands. */
  async start(): Promise<void> {
    const args = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    this.process = spawn("redis-server", args, { stdio: "ignore" });
    const redis = new Redis({ port: this.port, maxRetriesPerRequest: null, retryStrategy: () => 20 });
    redis.on("error", () => undefined);
    await redis.ping();
    redis.disconnect();
  }

  /** Ends the server without a farewell. */
  async kill(): Promise<void> {
    const { process } = this;
    if (process === null) return;
    this.process = null;
    const ended = once(process, "exit");
    // A suspended process ends as well.
    process.kill("SIGKILL");
    await ended;
  }

  /** Suspends the server, so that connections stay open and nothing responds, as in a network that loses all packets. */
  suspend(): void {
    this.process?.kill("SIGSTOP");
  }

  resume(): void {
    this.process?.kill("SIGCONT");
  }
}
