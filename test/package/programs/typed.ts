import {
  type CallRecord,
  CallRecordsClient,
  type ClientEvent,
  month,
  RequestError,
  type UsageSummary,
} from "call-records";
import { type MappedCall, Zone } from "call-records/adapter";
import { huaweiCec, type HuaweiCecOptions } from "call-records/huawei-cec";
import { itniotech, type ItniotechFilters } from "call-records/itniotech";
import { type ParquetOptions, writeParquet } from "call-records/parquet";
import { tencentCcc, type TencentCccProvider } from "call-records/tencent-ccc";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";

const huawei: HuaweiCecOptions = { appKey: "key", appSecret: "secret" };
const groups: ParquetOptions = { rowGroupRows: 1000 };
const filters: ItniotechFilters = { hangupReason: [7] };

/** Code that the types must reject. If a type were `any`, its line would be an error. */
export const refused = [
  // @ts-expect-error an option that does not exist
  () => huaweiCec({ ...huawei, appSecrets: "secret" }),
  // @ts-expect-error an application is a number
  () => tencentCcc({ secretId: "id", secretKey: "key", sdkAppIds: ["1400000000"] }),
  // @ts-expect-error no such field
  (call: CallRecord) => String(call.duration),
  // @ts-expect-error may be null
  (call: CallRecord) => call.talkSeconds.toFixed(),
  // @ts-expect-error no such field
  (call: MappedCall) => String(call.duration),
  // @ts-expect-error a zone has a name
  () => Zone.named(8),
  // @ts-expect-error a month is of a zone
  () => month("2026-10"),
  // @ts-expect-error a path is a text
  () => writeParquet([], 7, groups),
  // @ts-expect-error no such vendor
  (emulator: VendorEmulator) => String(emulator.endpoints.twilio),
];

const applicationOf = ({ application }: UsageSummary): string | null => application;

async function main(): Promise<void> {
  const emulator = await startVendorEmulator({ seed: 7, days: 2, callsPerDay: 10 });
  const { credentials, endpoints } = emulator;
  const tencent: TencentCccProvider = tencentCcc({ ...credentials["tencent-ccc"], endpoint: endpoints["tencent-ccc"] });
  const seen = new Set<ClientEvent["type"]>();
  const client = new CallRecordsClient({
    providers: [
      tencent,
      huaweiCec({ ...credentials["huawei-cec"], endpoint: endpoints["huawei-cec"] }),
      itniotech({ ...credentials.itniotech, endpoint: endpoints.itniotech }),
    ],
    onEvent: ({ type }) => seen.add(type),
  });
  const to = new Date();
  const range = { from: new Date(to.getTime() - 86_400_000), to };
  let calls = 0;
  for await (const call of client.records({ ...range, order: "time", providerFilters: { itniotech: filters } })) {
    calls += call.startedAt < to ? 1 : 0;
  }
  const { summaries } = await client.usage({ ...range, by: "day", source: "records" });
  try {
    client.records({ ...month("2026-10", "Asia/Shanghai"), accounts: ["nobody"] });
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
  }
  const disposed: AsyncDisposable[] = [client, emulator];
  await Promise.all(disposed.map((one) => one[Symbol.asyncDispose]()));
  await Promise.all([client.close(), emulator.close()]);
  if (calls === 0 || !seen.has("window") || summaries.map(applicationOf).every((application) => application === null))
    throw new Error("Calls, events or summaries are missing.");
  console.log(calls);
}

void main();
