import type { CallRecord } from "call-records";
import { type Delivery, digestOf } from "./delivery.js";
import type { ConsumerKind } from "./pass.js";

const nameOf = ({ account, id }: { account: string; id: string }) => `${account} ${id}`;

/**
 * The number of batches that may have been compared before an earlier batch was committed. They may contain the same call where their windows meet. A
 * consumer that reads ahead requests the next batch of an account before it commits the group that contains the current one.
 */
const BATCHES_AHEAD: Record<ConsumerKind, number> = { "at-least-once": 0, transactional: 0, "reading-ahead": 1 };

/** The deliveries of a campaign, counted and checked against the guarantees of `sync`. */
export interface CheckedDeliveries {
  rows: number;
  repeats: number;
  violations: string[];
}

/**
 * Checks the deliveries of a campaign against the vendors' records.
 * @param truth the records that the vendors have at the end.
 * @param lastOf the number of the last batch that each process received. All earlier batches were committed.
 * @param consumer its kind. Only a transactional consumer stores each change exactly once.
 */
export function checkDeliveries(
  deliveries: readonly Delivery[],
  truth: readonly CallRecord[],
  lastOf: readonly number[],
  consumer: ConsumerKind,
): CheckedDeliveries {
  const deliveredLast = new Map<string, Delivery>();
  const violations: string[] = [];
  let repeats = 0;
  for (const delivery of deliveries) {
    const name = nameOf(delivery);
    const earlier = deliveredLast.get(name);
    deliveredLast.set(name, delivery);
    if (earlier === undefined) {
      if (delivery.type !== "new") violations.push(`delivered as updated before it was delivered as new: ${name}`);
    } else if (delivery.type === "new" || delivery.digest === earlier.digest) {
      repeats += 1;
      const wasCommitted =
        earlier.run === delivery.run
          ? earlier.batch + BATCHES_AHEAD[consumer] < delivery.batch
          : earlier.batch < (lastOf[earlier.run] ?? 0);
      if (consumer === "transactional" || wasCommitted)
        violations.push(
          `delivered again as ${delivery.type} in process ${delivery.run} after process ${earlier.run}: ${name}`,
        );
    }
  }
  const names = new Set(truth.map(nameOf));
  for (const record of truth) {
    const last = deliveredLast.get(nameOf(record));
    if (last === undefined)
      violations.push(`never delivered: ${nameOf(record)}, started ${record.startedAt.toISOString()}`);
    else if (last.digest !== digestOf(record))
      violations.push(`last delivered with other contents than the vendor's: ${nameOf(record)}`);
  }
  for (const name of deliveredLast.keys()) if (!names.has(name)) violations.push(`unknown to the vendor: ${name}`);
  return { rows: deliveredLast.size, repeats, violations };
}
