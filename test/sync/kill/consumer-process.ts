import { openClient } from "./account.js";
import { consumeAtLeastOnce } from "./at-least-once.js";
import type { ConsumerKind, Pass, Told } from "./pass.js";
import { consumeReadingAhead } from "./reading-ahead.js";
import { consumeInTransactions } from "./transactional.js";

const CONSUMERS: Record<ConsumerKind, typeof consumeAtLeastOnce> = {
  "at-least-once": consumeAtLeastOnce,
  transactional: consumeInTransactions,
  "reading-ahead": consumeReadingAhead,
};

/** Makes one pass, and waits then for its end. It is not asked whether it would like to end. */
async function consume(pass: Pass): Promise<void> {
  const client = openClient(pass.vendors);
  await CONSUMERS[pass.consumer](client, pass, (batch) => {
    tell({ batch });
  });
  await client.close();
}

function tell(told: Told): void {
  process.send?.(told);
}

process.once("message", (pass) => {
  consume(pass as Pass).then(
    () => {
      tell("done");
    },
    (error: unknown) => {
      tell({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    },
  );
});
process.once("disconnect", () => {
  process.exit();
});
tell("ready");
