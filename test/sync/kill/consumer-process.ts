import { openClient } from "./account.js";
import { consumeAtLeastOnce } from "./at-least-once.js";
import type { ConsumerKind, Pass, ProcessMessage } from "./pass.js";
import { consumeReadingAhead } from "./reading-ahead.js";
import { consumeInTransactions } from "./transactional.js";

const CONSUMERS: Record<ConsumerKind, typeof consumeAtLeastOnce> = {
  "at-least-once": consumeAtLeastOnce,
  transactional: consumeInTransactions,
  "reading-ahead": consumeReadingAhead,
};

/** Runs one pass. The process then waits until it is killed. */
async function consume(pass: Pass): Promise<void> {
  const client = openClient(pass.vendors);
  await CONSUMERS[pass.consumer](client, pass, (batch) => {
    send({ batch });
  });
  await client.close();
}

function send(message: ProcessMessage): void {
  process.send?.(message);
}

process.once("message", (pass) => {
  consume(pass as Pass).then(
    () => {
      send("done");
    },
    (error: unknown) => {
      send({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    },
  );
});
process.once("disconnect", () => {
  process.exit();
});
send("ready");
