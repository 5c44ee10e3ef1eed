import {
  type BuiltInProvider,
  CallRecordsClient,
  type ClientEvent,
  type ClientOptions,
  huaweiCec,
  type HuaweiCecOptions,
  itniotech,
  type ItniotechOptions,
  tencentCcc,
  type TencentCccOptions,
} from "../../src/index.js";
import { createVendors } from "../../src/testing/emulated-vendors.js";
import type { EmulatorOptions, VendorId } from "../../src/testing/index.js";
import { emulatorSettings } from "../../src/testing/options.js";
import { VirtualClock } from "../engine/virtual-clock.js";
import { SimulatedNetwork } from "./network.js";
import { signerLoaded } from "./signer.js";

/** The hosts of the simulated vendors. */
export const HOSTS: Record<VendorId, string> = {
  "tencent-ccc": "tencent.test",
  "huawei-cec": "huawei.test",
  itniotech: "itniotech.test",
};

export interface VirtualStageOptions {
  emulator?: EmulatorOptions;
  /** The time between every request and its response. */
  latencyMs?: number;
  outage?: { from: number; to: number };
  tencent?: Partial<TencentCccOptions>;
  huawei?: Partial<HuaweiCecOptions>;
  itniotech?: Partial<ItniotechOptions>;
  client?: Partial<ClientOptions<BuiltInProvider>>;
}

/** Opens the three vendors and a client in virtual time, without sockets. */
export async function openVirtualStage({ emulator = {}, latencyMs = 0, outage, ...options }: VirtualStageOptions = {}) {
  await signerLoaded;
  const clock = new VirtualClock();
  const vendorsNow = () => clock.now();
  const settings = emulatorSettings({ now: vendorsNow, ...emulator });
  const { vendors, credentials, truth, plan } = createVendors(settings, vendorsNow);
  const hosts = Object.values(vendors).map((vendor) => ({ vendor, host: HOSTS[vendor.id] }));
  const rules = { seed: 1, latency: { minMs: latencyMs, maxMs: latencyMs }, outage: outage ?? null };
  const network = new SimulatedNetwork(hosts, clock, rules, vendorsNow);
  const { secretId, secretKey, sdkAppIds } = credentials["tencent-ccc"];
  const events: ClientEvent[] = [];
  const client = new CallRecordsClient<BuiltInProvider>({
    providers: [
      tencentCcc({
        endpoint: `https://${HOSTS["tencent-ccc"]}`,
        secretId,
        secretKey,
        sdkAppIds: [...sdkAppIds],
        ...options.tencent,
      }),
      huaweiCec({ endpoint: `https://${HOSTS["huawei-cec"]}`, ...credentials["huawei-cec"], ...options.huawei }),
      itniotech({ endpoint: `https://${HOSTS.itniotech}`, ...credentials.itniotech, ...options.itniotech }),
    ],
    clock,
    transport: network,
    random: () => 0.5,
    onEvent: (event) => events.push(event),
    ...options.client,
  });
  return { clock, network, truth, plan, client, events };
}
