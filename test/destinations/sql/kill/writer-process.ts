import { CheckpointError, type Destination, type DestinationSession } from "call-records";
import { sqlDestination } from "call-records/sql";
import { servePass } from "../../../kill/serve-pass.js";
import { openClient } from "../../../sync/kill/account.js";
import type { Pass, WriterMessage } from "./pass.js";
import { withConnection } from "./target.js";

/** The longest time that the lease of a killed writer may prevent another writer, in addition to `leaseSeconds`. The machine may be busy. */
const TAKEOVER_MS = 10_000;
const RETRY_MS = 50;

type Send = (message: WriterMessage) => void;

/** Runs one pass. */
async function write({ vendors, target, leaseSeconds, from }: Pass, send: Send): Promise<WriterMessage> {
  const client = openClient(vendors);
  await withConnection(target, async (db) => {
    await client.syncTo(announcing(sqlDestination(db, { leaseSeconds }), leaseSeconds, send), { from });
  });
  await client.close();
  return { event: "done" };
}

/** Returns a destination that announces its writes, and that waits for the lease of a killed writer. */
function announcing(destination: Destination, leaseSeconds: number, send: Send): Destination {
  let writes = 0;
  return {
    open: async (account) => {
      const session = await openAfterLease(destination, account, performance.now() + leaseSeconds * 1000 + TAKEOVER_MS);
      return {
        load: () => session.load(),
        close: () => session.close(),
        write: async (...written) => {
          writes += 1;
          const number = writes;
          send({ event: "writing", number, account: account.account });
          await session.write(...written);
          send({ event: "written", number, account: account.account });
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

servePass<WriterMessage>(
  (pass, send) => write(pass as Pass, send),
  (text, error) => {
    const isLeaseLost = error instanceof CheckpointError && error.message.includes("lease of this account");
    return { event: "failed", text, isLeaseLost };
  },
);
