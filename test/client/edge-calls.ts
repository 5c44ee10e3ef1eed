import type { CallRecordsClient, BuiltInProvider } from "call-records";
import type { CustomCall, VendorEmulator, VendorId } from "call-records/testing";
import { bodyOf, HISTORY, HOUR, requestsFor, SECOND } from "./stage.js";

/** The unit of each vendor's window bounds, in milliseconds. */
export const UNIT: Record<VendorId, number> = { "tencent-ccc": SECOND, "huawei-cec": 1, itniotech: SECOND };

/** Returns the two bounds of a request for records. */
function boundsOf(vendor: VendorId, body: Record<string, unknown>): number[] {
  switch (vendor) {
    case "tencent-ccc":
      return [Number(body.StartTimeStamp) * SECOND, Number(body.EndTimeStamp) * SECOND];
    case "huawei-cec":
      return [Number(body.startTime), Number(body.endTime)];
    case "itniotech": {
      const { startTime, endTime } = body.params as { startTime: string; endTime: string };
      return [startTime, endTime].map((text) => Date.parse(`${text.replace(" ", "T")}+08:00`));
    }
  }
}

/** Reads the range once, and returns every instant at which a requested window begins or ends. */
export async function windowEdges(
  emulator: VendorEmulator,
  client: CallRecordsClient<BuiltInProvider>,
  range: { from: Date; to: Date },
): Promise<Record<VendorId, number[]>> {
  await client.records(range).toArray({ max: 1_000_000 });
  const edges = (vendor: VendorId) => [
    ...new Set(requestsFor(emulator, HISTORY[vendor]).flatMap((request) => boundsOf(vendor, bodyOf(request)))),
  ];
  return { "tencent-ccc": edges("tencent-ccc"), "huawei-cec": edges("huawei-cec"), itniotech: edges("itniotech") };
}

/** Returns calls that begin, end or are first listed at an edge, or one unit before or after it. Some last twelve hours. */
export function callsAround(vendor: VendorId, edges: readonly number[], sdkAppIds: readonly number[]): CustomCall[] {
  const unit = UNIT[vendor];
  return edges.flatMap((edge) =>
    [-unit, 0, unit].flatMap((distance, place): CustomCall[] => {
      const at = edge + distance;
      const application = sdkAppIds[place % sdkAppIds.length];
      const own = {
        ...(vendor === "tencent-ccc" && application !== undefined ? { application } : {}),
        ...(vendor === "huawei-cec" ? { type: place === 1 ? 4 : 1 } : {}),
      };
      return [
        { ...own, startedAt: new Date(at) },
        { ...own, startedAt: new Date(at), endedAt: new Date(at), answeredAt: null },
        { ...own, startedAt: new Date(at - 90_000), endedAt: new Date(at) },
        { ...own, startedAt: new Date(at - 12 * HOUR), endedAt: new Date(at) },
        { ...own, startedAt: new Date(at), endedAt: new Date(at + 12 * HOUR) },
        { ...own, startedAt: new Date(at - HOUR), endedAt: new Date(at - HOUR / 2), listedFrom: new Date(at) },
      ];
    }),
  );
}
