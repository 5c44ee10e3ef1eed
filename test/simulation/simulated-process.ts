import type { CheckpointStore, Transport } from "../../src/index.js";
import type { CrashingStore } from "./crashing-store.js";

/** A process that can be killed. Its promises then never settle, and its requests and saves have no effect. */
export class SimulatedProcess {
  private dead = false;
  private end: () => void = () => undefined;
  /** Resolves when it is killed. */
  readonly killed = new Promise<void>((resolve) => {
    this.end = resolve;
  });
  private requests = 0;

  /** @param killAtRequest the request before which it is killed, counted from 1; null if it is not killed. */
  constructor(
    private readonly store: CrashingStore,
    private readonly killAtRequest: number | null,
  ) {}

  get isKilled(): boolean {
    return this.dead;
  }

  transport(network: Transport): Transport {
    return {
      send: (request, signal) => {
        this.requests += 1;
        if (this.requests === this.killAtRequest) this.kill();
        return this.alive(() => network.send(request, signal));
      },
    };
  }

  openStore(): CheckpointStore {
    const { store } = this;
    return {
      load: (account) => this.alive(() => store.load(account)),
      save: (account, changes) => this.alive(() => store.save(account, changes)),
      lock: (account) =>
        this.alive(async () => {
          const release = await store.lock(account);
          return () => this.alive(release);
        }),
    };
  }

  private kill(): void {
    this.dead = true;
    this.store.releaseAll();
    this.end();
  }

  private alive<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.dead ? never() : this.unlessKilled(work());
  }

  private async unlessKilled<Result>(work: Promise<Result>): Promise<Result> {
    const [settled] = await Promise.allSettled([work]);
    if (this.dead) return never();
    if (settled.status === "rejected") throw settled.reason;
    return settled.value;
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
