import type { Generation } from "./data/generation.js";
import type { PlannedCall } from "./data/planned-call.js";
import { Random } from "./data/random.js";
import { createRoster } from "./data/roster.js";
import { scheduleStarts } from "./data/schedule.js";
import type { WallClock } from "./data/wall-clock.js";
import type { EmulatorSettings } from "./options.js";
import { forEachVendor, type VendorId, type VendorSetups } from "./vendors.js";

/** Generates the calls of a company that uses every emulated vendor. */
export function planCalls(
  settings: EmulatorSettings,
  setups: VendorSetups,
  wallClock: WallClock,
): Record<VendorId, PlannedCall[]> {
  const now = Math.floor(settings.now());
  const roster = createRoster("example.com");
  // Each vendor has its own generator, so that its calls do not depend on the other vendors' calls.
  const generation = (place: number): Generation => {
    const random = new Random((settings.seed + 1) * 2_654_435_761 + place * 40_503);
    return {
      random,
      wallClock,
      roster,
      starts: scheduleStarts(random, wallClock, {
        from: now - settings.days * 86_400_000,
        to: now,
        callsPerDay: settings.callsPerDay,
      }),
      // Early enough for each call to have reached its last stage, so that results do not change during a test.
      activeStarts: Array.from({ length: settings.activeCalls }, () => now - random.integer(120_000, 900_000)).sort(
        (one, other) => one - other,
      ),
      now,
    };
  };
  return forEachVendor((id, index) => setups[id].planCalls(generation(index + 1), settings.calls[id]));
}
