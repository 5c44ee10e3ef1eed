import type { ProvidedValues } from "./contract/provided-values.js";
import { PROVIDED_VALUES as huaweiCec } from "./providers/huawei-cec/provided-values.js";
import { PROVIDED_VALUES as itniotech } from "./providers/itniotech/provided-values.js";
import { PROVIDED_VALUES as tencentCcc } from "./providers/tencent-ccc/provided-values.js";
import type { BuiltInProvider } from "./vendors.js";

const builtIn: Readonly<Record<BuiltInProvider["id"], ProvidedValues>> = {
  "tencent-ccc": tencentCcc,
  "huawei-cec": huaweiCec,
  itniotech,
};

/**
 * The values that each built-in vendor's call history provides, by the provider's id. This is not part of the registry, because a program that computes metrics
 * would then load every vendor.
 */
export const builtInValues: ReadonlyMap<string, ProvidedValues> = new Map(Object.entries(builtIn));
