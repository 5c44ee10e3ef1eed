import type { CallRecordsClient, BuiltInProvider } from "call-records";
import type { CustomCall, VendorEmulator, VendorId } from "call-records/testing";
import { bodyOf, HISTORY, HOUR, requestsFor, SECOND } from "./stage.js";

/** The steps in which each vendor's bounds are written. */
export const UNIT: Record<VendorId, number> = { "tencent-ccc": SECOND, "huawei-cec": 1, itniotech: SECOND };

/** The two instants that a request for records asks between. */
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

/** Every instant at which a window begins or ends, as a first run over these vendors sends them. */
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

/** Calls that begin, end or are listed exactly at an edge and one unit either side of it, twelve hours long ones among them. */
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
