import { CallRecordsClient, huaweiCec, itniotech, tencentCcc } from "call-records";
import { type EmulatedVendors, unpacedProviders } from "../emulated.js";
import { serve } from "../process.js";
import type { Span } from "../span.js";

/** A range that is read from each vendor several times. */
export interface FirstRecordReading {
  vendors: EmulatedVendors;
  range: Span;
  rounds: number;
}

/** The milliseconds to the first record of each round, by account. The first round, which opens connections and fetches tokens, is omitted. */
export type FirstRecordWaits = Record<string, number[]>;

serve(async ({ vendors, range, rounds }: FirstRecordReading): Promise<FirstRecordWaits> => {
  const client = new CallRecordsClient({ providers: unpacedProviders(vendors, { huaweiCec, itniotech, tencentCcc }) });
  const waits: FirstRecordWaits = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const { account } of client.capabilities()) {
      const began = performance.now();
      const records = client.records({ ...range, accounts: [account] })[Symbol.asyncIterator]();
      let next = await records.next();
      const wait = performance.now() - began;
      // Read to the end, because an aborted reading would close its connections.
      while (next.done !== true) next = await records.next();
      if (round > 0) (waits[account] ??= []).push(wait);
    }
  }
  await client.close();
  return waits;
});
