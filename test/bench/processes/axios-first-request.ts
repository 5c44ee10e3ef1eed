import { serve } from "../process.js";
import { BETWEEN_STARTS, FIRST_START } from "../volume.js";
import type { FirstRequest } from "./first-request.js";

const SHANGHAI_MS = 8 * 3_600_000;

const localTime = (instant: number) => new Date(instant + SHANGHAI_MS).toISOString().slice(0, 19).replace("T", " ");

/** Returns the milliseconds from the import of axios and zod to the first row of one request by axios. */
serve(async ({ endpoint, rows }: FirstRequest): Promise<number> => {
  const began = performance.now();
  const [{ default: axios }, { z }] = await Promise.all([import("axios"), import("zod")]);
  const page = z.object({ data: z.object({ records: z.array(z.unknown()) }) });
  const params = { startTime: localTime(FIRST_START), endTime: localTime(FIRST_START + (rows - 1) * BETWEEN_STARTS) };
  const { data } = await axios.post<unknown>(
    `${endpoint}/v3/cc/record/query`,
    { current: 1, size: rows, params },
    { proxy: false },
  );
  const received = page.parse(data).data.records.length;
  const waited = performance.now() - began;
  if (received !== rows) throw new Error(`Received ${received} of ${rows} rows.`);
  return waited;
});
