import { CheckpointError, type Destination, type DestinationSession } from "call-records";
import { sqlDestination } from "call-records/sql";
import { openClient } from "../../../sync/kill/account.js";
import type { Pass, WriterMessage } from "./pass.js";
import { withConnection } from "./target.js";

/** The longest time that the lease of a killed writer may prevent another writer, in addition to `leaseSeconds`. The machine may be busy. */
const TAKEOVER_MS = 10_000;
const RETRY_MS = 50;

/** Runs one pass. The process then waits until it is killed. */
async function write({ vendors, target, leaseSeconds, from }: Pass): Promise<void> {
  const client = openClient(vendors);
  await withConnection(target, async (db) => {
    await client.syncTo(announcing(sqlDestination(db, { leaseSeconds }), leaseSeconds), { from });
  });
  await client.close();
}

/** Returns a destination that announces its writes, and that waits for the lease of a killed writer. */
function announcing(destination: Destination, leaseSeconds: number): Destination {
  let writes = 0;
  return {
    open: async (account) => {
      const session = await openAfterLease(destination, account, performance.now() + leaseSeconds * 1000 + TAKEOVER_MS);
      return {
        load: () => session.load(),
        close: () => session.close(),
        write: async (...written) => {
          writes += 1;
          const write = writes;
          send({ event: "writing", write, account: account.account });
          await session.write(...written);
          send({ event: "written", write, account: account.account });
        },
      };
    },
  };
}

async function openAfterLease(
  destination: Destination,
  account: { provider: string; account: string },
  latest: number,
): Promise<DestinationSession> {
  for (;;) {
    try {
      return await destination.open(account);
    } catch (error) {
      if (!(error instanceof CheckpointError && error.message.includes("another writer holds the lease"))) throw error;
      if (performance.now() > latest) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function send(message: WriterMessage): void {
  process.send?.(message);
}

process.once("message", (pass) => {
  send({ event: "started" });
  write(pass as Pass).then(
    () => {
      send({ event: "done" });
    },
    (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const isLeaseLost = error instanceof CheckpointError && error.message.includes("lease of this account");
      send({ event: "failed", text, isLeaseLost });
    },
  );
});
process.once("disconnect", () => {
  process.exit();
});
send({ event: "ready" });
