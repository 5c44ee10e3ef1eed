import type { BuiltInProvider } from "../index.js";
import { emulatedHuawei } from "./huawei-cec/emulated.js";
import { emulatedItniotech } from "./itniotech/emulated.js";
import { emulatedTencent } from "./tencent-ccc/emulated.js";
import type { SharedSettings, VendorDefinition } from "./vendor-definition.js";
import type { VendorTruth } from "./vendor-truth.js";

/** The emulated vendors. The emulator, its options, its faults and its types read this list. */
const definitions = {
  "tencent-ccc": emulatedTencent,
  "huawei-cec": emulatedHuawei,
  itniotech: emulatedItniotech,
};

/** The id of an emulated vendor. */
export type VendorId = keyof typeof definitions;

/** This library's provider for an emulated vendor. */
export type ProviderOf<Id extends VendorId> = Extract<BuiltInProvider, Record<"id", Id>>;

type SetupOf<Id extends VendorId> = ReturnType<(typeof definitions)[Id]["setUp"]>;

/** The keys that the emulator accepts, in the form that the factories accept: `huaweiCec({ ...credentials["huawei-cec"], endpoint })`. They are not valid anywhere else. */
export type EmulatorCredentials = { readonly [Id in VendorId]: SetupOf<Id>["credentials"] };

/** The calls that a correct client must find. */
export type EmulatorTruth = { readonly [Id in VendorId]: ReturnType<SetupOf<Id>["create"]>["truth"] };

/** The ids in the order of the registry. A vendor's index is part of its seed. */
export const VENDOR_IDS = Object.keys(definitions) as readonly VendorId[];

export function definitionOf(id: VendorId): VendorDefinition<object, VendorTruth> {
  return definitions[id];
}

/** Returns an object with a value for each vendor, in the order of the registry. @param ids the vendors; those of `Values`. */
export function forEachVendor<Values extends Readonly<Record<VendorId, unknown>>>(
  valueOf: (id: VendorId, index: number) => Values[VendorId],
  ids: readonly VendorId[] = VENDOR_IDS,
): Values {
  // Object.fromEntries loses the keys' types.
  return Object.fromEntries(ids.map((id) => [id, valueOf(id, VENDOR_IDS.indexOf(id))])) as Values;
}

/** The setups of all vendors. */
export type VendorSetups = { readonly [Id in VendorId]: SetupOf<Id> };

export function setUpVendors(settings: SharedSettings): VendorSetups {
  return forEachVendor<VendorSetups>((id) => definitions[id].setUp(settings));
}

export function credentialsOf(setups: VendorSetups): EmulatorCredentials {
  return forEachVendor<EmulatorCredentials>((id) => setups[id].credentials);
}

/** Returns the keys that an emulator with these settings accepts. */
export function emulatorCredentials(settings: SharedSettings): EmulatorCredentials {
  return credentialsOf(setUpVendors(settings));
}
