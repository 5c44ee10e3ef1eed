import type { WindowRule } from "../../src/adapter.js";
import type { FilterTime, VendorId } from "../../src/testing/index.js";
import type { AccountQuirks } from "./quirks.js";

/** Whether the vendors include rows exactly at the start and at the end of a window. */
export type Edges = "inclusive" | "exclusive" | "half-open";

export const edgesOf = (edges: Edges) =>
  ({
    start: edges === "exclusive" ? "exclusive" : "inclusive",
    end: edges === "inclusive" ? "inclusive" : "exclusive",
  }) as const;

/** Returns the declared properties of the window of an account's history, which are all correct for its vendor. */
export function windowOf(
  vendor: VendorId,
  { declaresStart, declaresEnd, unit }: AccountQuirks,
  { filterTime, edges }: { filterTime: FilterTime; edges: Edges },
): Partial<WindowRule> {
  const rule: Partial<WindowRule> = {};
  if (declaresStart === true && filterTime === "start") rule.filtersOn = "start";
  if (unit === "day" || (unit === "s" && vendor === "huawei-cec")) rule.unit = unit;
  if (declaresEnd !== true || edges === "exclusive") return rule;
  // The last second of a day is sent as its end, and Huawei has calls after it.
  if (edges === "inclusive" && unit === "day" && (vendor === "huawei-cec" || filterTime === "created")) return rule;
  return { ...rule, end: edges === "half-open" ? "exclusive" : "inclusive" };
}
