import { serve } from "../process.js";
import { BETWEEN_STARTS, FIRST_START } from "../volume.js";

/** A list of rows that fit on one page. */
export interface FirstRequest {
  endpoint: string;
  rows: number;
}

/** Returns the milliseconds from the import of the library to the first record of a client. */
serve(async ({ endpoint, rows }: FirstRequest): Promise<number> => {
  const began = performance.now();
  const { CallRecordsClient, itniotech } = await import("call-records");
  const client = new CallRecordsClient({
    providers: [itniotech({ apiKey: "key", apiSecret: "secret", endpoint, longestCallSeconds: 0 })],
  });
  const range = { from: new Date(FIRST_START), to: new Date(FIRST_START + rows * BETWEEN_STARTS) };
  const records = client.records(range)[Symbol.asyncIterator]();
  const { done } = await records.next();
  const waited = performance.now() - began;
  if (done === true) throw new Error("The client returned no record.");
  await client.close();
  return waited;
});
