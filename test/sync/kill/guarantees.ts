import type { CallRecord } from "call-records";
import { type Delivery, digestOf } from "./delivery.js";

const nameOf = ({ account, id }: { account: string; id: string }) => `${account} ${id}`;

/** What came of a campaign's deliveries. */
export interface ClassifiedResponse {
  rows: number;
  repeats: number;
  broken: string[];
}

/**
 * @param truth the records that the vendors have, at the end.
 * @param lastOf the last batch that each process had in hand: all before it were committed.
 * @param mayRepeat whether what was not committed may come twice.
 */
export function classify(
  deliveries: readonly Delivery[],
  truth: readonly CallRecord[],
  lastOf: readonly number[],
  mayRepeat: boolean,
): ClassifiedResponse {
  const known = new Map<string, Delivery>();
  const broken: string[] = [];
  let repeats = 0;
  for (const delivery of deliveries) {
    const name = nameOf(delivery);
    const earlier = known.get(name);
    known.set(name, delivery);
    if (earlier === undefined) {
      if (delivery.type !== "new") broken.push(`came as updated before it was new: ${name}`);
    } else if (delivery.type === "new" || delivery.digest === earlier.digest) {
      repeats += 1;
      // Batches that are taken at once may hold the same call, where their windows meet.
      const wasCommitted =
        earlier.batch < (lastOf[earlier.run] ?? 0) || (earlier.run === delivery.run && earlier.batch < delivery.batch);
      if (!mayRepeat || wasCommitted)
        broken.push(
          `came again as ${delivery.type} in process ${delivery.run}, having come in process ${earlier.run}: ${name}`,
        );
    }
  }
  const names = new Set(truth.map(nameOf));
  for (const record of truth) {
    const last = known.get(nameOf(record));
    if (last === undefined) broken.push(`never came: ${nameOf(record)}, started ${record.startedAt.toISOString()}`);
    else if (last.digest !== digestOf(record))
      broken.push(`came last in another form than the vendor's: ${nameOf(record)}`);
  }
  for (const name of known.keys()) if (!names.has(name)) broken.push(`unknown to the vendor: ${name}`);
  return { rows: known.size, repeats, broken };
}
