import { type FaultKind, isListFault } from "../../src/testing/faults/fault-kinds.js";
import { sizeOf } from "./emulated-quirks.js";
import type { AccountQuirks } from "./quirks.js";
import type { Scenario, SimulatedAccount } from "./scenario.js";
import type { Pass, SyncScenario } from "./sync-scenario.js";

/** Returns the scenario without combinations that no client can detect: two faults of a vendor, each of which hides the other. */
export function withoutUndetectableFaults(scenario: Scenario): Scenario {
  return [withoutHiddenCaps, withoutMissingRows, withoutTotals, withoutWrongClocks].reduce(
    (left, leave) => leave(left),
    scenario,
  );
}

const hidesCap = (one: Pick<SimulatedAccount, "pageSize" | "quirks"> & { pageCap?: number | null }) =>
  (sizeOf(one) === 1 || sizeOf(one) < one.pageSize) &&
  one.quirks.searchCap?.total === "capped" &&
  !one.quirks.searchCap.declared;

/**
 * Removes undeclared caps that also limit the total, where the last page does not show them. A page that is smaller than requested may be the last one, and pages of
 * one row are always full.
 */
function withoutHiddenCaps(scenario: Scenario): Scenario {
  return {
    ...scenario,
    accounts: scenario.accounts.map((one) =>
      hidesCap(one) ? { ...one, quirks: without(one.quirks, "searchCap") } : one,
    ),
  };
}

/**
 * Removes faults that can hide a total that is too small: a page that ends early at the total, a row that is removed before the page behind it is read, a repeated
 * row.
 */
function withoutMissingRows(scenario: Scenario): Scenario {
  const { accounts, faults } = scenario;
  const kinds = accounts.some(({ totalShift }) => totalShift < 0)
    ? faults.kinds.filter((kind) => !isListFault(kind))
    : faults.kinds;
  const understates = (one: SimulatedAccount) => one.totalShift < 0 || kinds.includes("shifted-total");
  const each = accounts.map((one): SimulatedAccount =>
    understates(one)
      ? {
          ...one,
          pageCap: null,
          churn: "none",
          quirks: without(one.quirks, "searchCap", "roundCap", "hole", "twins", "wrongUnit"),
        }
      : one,
  );
  return { ...scenario, faults: { ...faults, kinds }, accounts: each };
}

/** Removes faults that a list without a total hides: a row that has moved to a page that was already read, and an early end with an empty page. */
function withoutTotals(scenario: Scenario): Scenario {
  const { accounts, faults } = scenario;
  if (accounts.every(({ quirks }) => quirks.noTotals !== true)) return scenario;
  const kinds = faults.kinds.filter((kind) => kind !== "duplicate-row" && kind !== "shifted-total");
  const each = accounts.map((one): SimulatedAccount => {
    if (one.quirks.noTotals !== true) return one;
    const rest = without(
      one.quirks,
      "searchCap",
      "twins",
      ...(one.quirks.hole?.as === "empty" || one.vendor !== "huawei-cec" ? (["hole"] as const) : []),
    );
    return { ...one, churn: "none", totalShift: 0, quirks: rest };
  });
  return { ...scenario, faults: { ...faults, kinds }, accounts: each };
}

/** Removes combinations of two wrong clocks, of which each seems to confirm the other. */
function withoutWrongClocks(scenario: Scenario): Scenario {
  const { wrongDates, clockJump, stragglers } = scenario.quirks;
  // A token must not expire before its response arrives.
  const left = stragglers === undefined ? scenario : { ...scenario, tokenTtlSeconds: 600 };
  if (wrongDates === undefined && clockJump === undefined) return left;
  return {
    ...left,
    clockBehindMs: 0,
    quirks: wrongDates === undefined ? left.quirks : without(left.quirks, "clockJump"),
  };
}

/** Returns the scenario of a sync without combinations that no client can detect. */
export function withoutUndetectableSyncFaults(scenario: SyncScenario): SyncScenario {
  return [withoutHiddenSyncCaps, withoutMissingSyncRows, withoutSyncTotals, withoutWrongSyncClocks].reduce(
    (left, leave) => leave(left),
    scenario,
  );
}

function withoutHiddenSyncCaps(scenario: SyncScenario): SyncScenario {
  return {
    ...scenario,
    accounts: scenario.accounts.map((one) =>
      hidesCap(one) ? { ...one, quirks: without(one.quirks, "searchCap") } : one,
    ),
  };
}

function withoutMissingSyncRows(scenario: SyncScenario): SyncScenario {
  const { accounts } = scenario;
  const passes = accounts.some(({ totalShift }) => totalShift < 0)
    ? scenario.passes.map((pass) => withoutFaults(pass, isListFault))
    : scenario.passes;
  const understates = passes.some(({ faults }) => faults.kinds.includes("shifted-total"));
  return {
    ...scenario,
    passes,
    accounts: accounts.map((one) =>
      one.totalShift < 0 || understates
        ? { ...one, quirks: without(one.quirks, "searchCap", "hole", "twins", "wrongUnit") }
        : one,
    ),
  };
}

/** Removes faults that a list without a total hides. */
function withoutSyncTotals(scenario: SyncScenario): SyncScenario {
  const { accounts, passes } = scenario;
  if (accounts.every(({ quirks }) => quirks.noTotals !== true)) return scenario;
  const each = accounts.map((one) =>
    one.quirks.noTotals === true
      ? { ...one, totalShift: 0, quirks: without(one.quirks, "searchCap", "twins", "hole") }
      : one,
  );
  return {
    ...scenario,
    passes: passes.map((pass) => withoutFaults(pass, (kind) => kind === "duplicate-row" || kind === "shifted-total")),
    accounts: each,
  };
}

function withoutWrongSyncClocks(scenario: SyncScenario): SyncScenario {
  const passes = scenario.passes.map((pass): Pass => {
    const { wrongDates, clockJump } = pass.trouble;
    if (wrongDates === undefined && clockJump === undefined) return pass;
    return {
      ...pass,
      clockBehindMs: 0,
      trouble: wrongDates === undefined ? pass.trouble : without(pass.trouble, "clockJump"),
    };
  });
  return { ...scenario, passes };
}

function withoutFaults(pass: Pass, leaveOut: (kind: FaultKind) => boolean): Pass {
  return { ...pass, faults: { ...pass.faults, kinds: pass.faults.kinds.filter((kind) => !leaveOut(kind)) } };
}

/** Returns the quirks without these names. */
export function without<Quirks extends object>(
  quirks: Quirks,
  ...names: (keyof Quirks & keyof (AccountQuirks & Scenario["quirks"]))[]
): Quirks {
  return Object.fromEntries(Object.entries(quirks).filter(([name]) => !(names as string[]).includes(name))) as Quirks;
}
