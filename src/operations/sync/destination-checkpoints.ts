import type { Provider } from "../../contract/provider.js";
import { fromParts, type SyncCheckpoint, toParts } from "../../engine/checkpoints/checkpoint.js";
import { RequestError } from "../../model/errors.js";
import type { CheckpointSession, CheckpointSource } from "./checkpoint-session.js";
import type { Destination, DestinationSession } from "./destination.js";

type Owner = Pick<Provider, "id" | "account">;

/** Checkpoints in a destination, which stores them together with the calls. */
export class DestinationCheckpoints implements CheckpointSource {
  constructor(private readonly destination: Destination) {}

  async open(owner: Owner): Promise<CheckpointSession> {
    const session = await openSession(this.destination, owner);
    try {
      return { checkpoint: await load(session, owner), ...sessionOf(session) };
    } catch (error) {
      await session.close();
      throw error;
    }
  }
}

/** Acquires the lease of an account. @throws RequestError when the destination returns no session; the error of the destination. */
export async function openSession(destination: Destination, owner: Owner): Promise<DestinationSession> {
  const session: unknown = await destination.open({ provider: owner.id, account: owner.account });
  // A destination written in plain JavaScript may return anything.
  if (!isSession(session))
    throw new RequestError(
      `${owner.account}: argument \`destination\`: its method \`open\` must return a session with the methods load, write and close.`,
    );
  return session;
}

async function load(session: DestinationSession, owner: Owner): Promise<SyncCheckpoint | null> {
  return fromParts(await session.load(), owner);
}

function sessionOf(session: DestinationSession): Omit<CheckpointSession, "checkpoint"> {
  return {
    isStored: true,
    storesCalls: true,
    save: (checkpoint, segments, changes) => session.write(changes, toParts(checkpoint, segments)),
    release: () => session.close(),
  };
}

function isSession(value: unknown): value is DestinationSession {
  if (typeof value !== "object" || value === null) return false;
  const { load, write, close } = value as Record<keyof DestinationSession, unknown>;
  return [load, write, close].every((method) => typeof method === "function");
}
