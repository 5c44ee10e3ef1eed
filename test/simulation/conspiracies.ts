import { type FaultKind, isListFault } from "../../src/testing/faults/fault-kinds.js";
import { sizeOf } from "./emulated-quirks.js";
import type { AccountQuirks } from "./quirks.js";
import type { Scenario, SimulatedAccount } from "./scenario.js";
import type { Pass, SyncScenario } from "./sync-scenario.js";

/** The scenario without what no client can tell: two things that a vendor does, each of which makes up for just what shows the other. */
export function withoutConspiracies(scenario: Scenario): Scenario {
  return [withoutSecretCaps, withoutMissingRows, withoutTotals, withoutWrongClocks].reduce(
    (left, leave) => leave(left),
    scenario,
  );
}

const hidesCap = (one: Pick<SimulatedAccount, "pageSize" | "quirks"> & { pageCap?: number | null }) =>
  (sizeOf(one) === 1 || sizeOf(one) < one.pageSize) &&
  one.quirks.searchCap?.total === "capped" &&
  !one.quirks.searchCap.declared;

/** A page that is smaller than asked for may be the last: a total that is capped at such a page looks like all. Pages of one row are always full: a cap of such, that its total hides, is one of a list that ends there. */
function withoutSecretCaps(scenario: Scenario): Scenario {
  return {
    ...scenario,
    accounts: scenario.accounts.map((one) =>
      hidesCap(one) ? { ...one, quirks: without(one.quirks, "searchCap") } : one,
    ),
  };
}

/**
 * Where a total is too small, something else may make up for just that: a page that is cut short where the total ends, a row that vanishes before the page
 * behind it is looked at, a row that comes twice.
 */
function withoutMissingRows(scenario: Scenario): Scenario {
  const { accounts, faults } = scenario;
  const kinds = accounts.some(({ lie }) => lie < 0) ? faults.kinds.filter((kind) => !isListFault(kind)) : faults.kinds;
  const understates = (one: SimulatedAccount) => one.lie < 0 || kinds.includes("shifted-total");
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

/** A list without a total shows neither that a row has moved to a page that was read, nor that it ends early where an empty page does. */
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
    return { ...one, churn: "none", lie: 0, quirks: rest };
  });
  return { ...scenario, faults: { ...faults, kinds }, accounts: each };
}

/** Two clocks that are wrong, of which one is taken for right by the other. */
function withoutWrongClocks(scenario: Scenario): Scenario {
  const { wrongDates, clockJump, stragglers } = scenario.quirks;
  // A token is not to have ended before it has come.
  const left = stragglers === undefined ? scenario : { ...scenario, tokenTtlSeconds: 600 };
  if (wrongDates === undefined && clockJump === undefined) return left;
  return {
    ...left,
    clockBehindMs: 0,
    quirks: wrongDates === undefined ? left.quirks : without(left.quirks, "clockJump"),
  };
}

/** The same of a sync. */
export function withoutSyncConspiracies(scenario: SyncScenario): SyncScenario {
  return [withoutSecretSyncCaps, withoutMissingSyncRows, withoutSyncTotals, withoutWrongSyncClocks].reduce(
    (left, leave) => leave(left),
    scenario,
  );
}

function withoutSecretSyncCaps(scenario: SyncScenario): SyncScenario {
  return {
    ...scenario,
    accounts: scenario.accounts.map((one) =>
      hidesCap(one) ? { ...one, quirks: without(one.quirks, "searchCap") } : one,
    ),
  };
}

function withoutMissingSyncRows(scenario: SyncScenario): SyncScenario {
  const { accounts } = scenario;
  const passes = accounts.some(({ lie }) => lie < 0)
    ? scenario.passes.map((pass) => withoutFaults(pass, isListFault))
    : scenario.passes;
  const understates = passes.some(({ faults }) => faults.kinds.includes("shifted-total"));
  return {
    ...scenario,
    passes,
    accounts: accounts.map((one) =>
      one.lie < 0 || understates
        ? { ...one, quirks: without(one.quirks, "searchCap", "hole", "twins", "wrongUnit") }
        : one,
    ),
  };
}

/** Without a total, nothing shows that a row is missing. */
function withoutSyncTotals(scenario: SyncScenario): SyncScenario {
  const { accounts, passes } = scenario;
  if (accounts.every(({ quirks }) => quirks.noTotals !== true)) return scenario;
  const each = accounts.map((one) =>
    one.quirks.noTotals === true ? { ...one, lie: 0, quirks: without(one.quirks, "searchCap", "twins", "hole") } : one,
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

/** The quirks but for these. */
export function without<Quirks extends object>(
  quirks: Quirks,
  ...names: (keyof Quirks & keyof (AccountQuirks & Scenario["quirks"]))[]
): Quirks {
  return Object.fromEntries(Object.entries(quirks).filter(([name]) => !(names as string[]).includes(name))) as Quirks;
}
