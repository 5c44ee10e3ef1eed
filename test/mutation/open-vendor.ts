import type { CallRecord, Provider } from "call-records";
import { Random } from "../../src/testing/data/random.js";
import { DAY, HOUR, NOW, openEmulator } from "../client/stage.js";
import { withSmallPages } from "./small-pages.js";
import { record, type RecordedScenario, type Scenario, type VendorUnderTest } from "./vendor-under-test.js";

/** A range whose first half is settled. */
export const RANGE = { from: new Date(NOW - DAY - HOUR / 4), to: new Date(NOW - DAY + HOUR / 4) };

/** Options that keep windows and lists short. */
export const SHORT = { longestCallSeconds: 1200, settleSeconds: 86_400 };

/** A company with a few calls in the range. */
export function openFewCalls() {
  return openEmulator({ seed: 12, days: 2, callsPerDay: 60, activeCalls: 5 });
}

/** Records the vendor's responses to each scenario. The vendor receives no request afterwards. */
export async function recordVendor(
  original: Provider,
  scenarios: readonly Scenario[],
  memory: Omit<VendorUnderTest, "provider" | "scenarios" | "rows">,
): Promise<VendorUnderTest> {
  const provider = withSmallPages(original);
  const recorded: RecordedScenario[] = [];
  const records: CallRecord[] = [];
  for (const scenario of scenarios) {
    const { scenario: kept, handed } = await record(provider, scenario, new Random(1));
    recorded.push(kept);
    records.push(...handed.records);
  }
  const [first, ...rest] = recorded;
  if (first === undefined) throw new TypeError("A vendor needs a scenario.");
  return {
    ...memory,
    provider,
    scenarios: [first, ...rest],
    rows: records.map(({ raw, application }) => ({ row: raw, application })),
  };
}
