import { atMost, type Measurement } from "../measurement.js";
import { megabytes } from "../megabytes.js";
import { run, start } from "../process.js";
import type { AuditMemory, AuditTask } from "../processes/audit.js";
import type { Volume } from "../volume.js";

const SHORT = 200_000;
const LONG = 1_000_000;

/** Measures the memory of an audit of an exact copy in PostgreSQL. It takes minutes. */
export async function auditMemory(): Promise<Measurement[]> {
  const audit = async (rows: number) => {
    const vendor = await start("volume-vendor");
    const [endpoint = ""] = await vendor.run<string[]>({ vendors: 1, calls: rows, rows: "short" } satisfies Volume);
    const audited = await run<AuditMemory>("audit", { endpoint, rows } satisfies AuditTask);
    vendor.stop();
    return audited;
  };
  const [short, long] = [await audit(SHORT), await audit(LONG)];
  const peak = ({ peakRss }: AuditMemory) => megabytes(peakRss).toFixed(0);
  return [
    atMost(1.1, {
      goal: "auditDestination, peak memory at 1 million calls ÷ at 200 thousand, PostgreSQL",
      value: long.peakRss / short.peakRss,
      detail: `${peak(long)} and ${peak(short)} MB, ${Math.round(long.calls / long.seconds)} calls per second`,
    }),
  ];
}
