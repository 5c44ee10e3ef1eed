import type { Redis } from "ioredis";

type Listener = (message: string) => void;

const subscribers = new WeakMap<Redis, Subscriber>();

/**
 * A second connection to the same server, which receives notifications: a connection that subscribes cannot run commands. It is opened with the first
 * subscription, and closed when the first connection ends.
 */
export class Subscriber {
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly onReconnect = new Set<() => void>();
  private connection: Redis | null = null;

  private constructor(private readonly redis: Redis) {}

  /** Returns the subscriber of a connection. */
  static of(redis: Redis): Subscriber {
    const subscriber = subscribers.get(redis) ?? new Subscriber(redis);
    subscribers.set(redis, subscriber);
    return subscriber;
  }

  /** Resolves when the listener receives each message of the channel. @throws the error of Redis. */
  async subscribe(channel: string, listener: Listener): Promise<void> {
    const listeners = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, listeners.add(listener));
    this.connection ??= this.open();
    try {
      await this.connection.subscribe(channel);
    } catch (error) {
      listeners.delete(listener);
      throw error;
    }
  }

  /** Calls back when the connection was lost and is open again: messages of the meantime are lost. */
  afterReconnect(callback: () => void): void {
    this.onReconnect.add(callback);
  }

  private open(): Redis {
    const connection = this.redis.duplicate({
      // A channel has no prefix of keys.
      keyPrefix: "",
      enableOfflineQueue: true,
      maxRetriesPerRequest: null,
      // Subscribed below, where the confirmation can be awaited.
      autoResubscribe: false,
    });
    connection.on("message", (channel: string, message: string) => {
      for (const listener of this.listeners.get(channel) ?? []) listener(message);
    });
    // The first connection reports the same failures.
    connection.on("error", () => undefined);
    let wasReady = false;
    connection.on("ready", () => {
      if (wasReady) void this.resubscribe(connection);
      wasReady = true;
    });
    this.redis.on("end", () => {
      connection.disconnect();
    });
    this.redis.on("ready", () => {
      if (connection.status === "end") void connection.connect().catch(() => undefined);
    });
    return connection;
  }

  private async resubscribe(connection: Redis): Promise<void> {
    // If it fails, the connection was lost again, and becomes ready later.
    await connection.subscribe(...this.listeners.keys()).then(
      () => {
        for (const callback of this.onReconnect) callback();
      },
      () => undefined,
    );
  }
}
