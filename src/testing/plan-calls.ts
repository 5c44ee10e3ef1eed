import type { PlannedCall } from "./data/planned-call.js";
import { Random } from "./data/random.js";
import { createRoster } from "./data/roster.js";
import { scheduleStarts } from "./data/schedule.js";
import type { WallClock } from "./data/wall-clock.js";
import type { EmulatorSettings } from "./options.js";
import { VENDOR_IDS, type VendorId, type VendorSetups } from "./vendors.js";

/** Separates the seeds of a vendor's accounts. */
const ACCOUNT_SEED = 1_000_003;

/** Returns the seed of an account's calls. That of a vendor's first account is the emulator's. */
export function seedOf({ seed, accountIndex }: Pick<EmulatorSettings, "seed" | "accountIndex">): number {
  return seed + accountIndex * ACCOUNT_SEED;
}

/** Generates the calls of one account of a company that uses every emulated vendor. */
export function planCalls(
  id: VendorId,
  settings: EmulatorSettings,
  setup: VendorSetups[VendorId],
  wallClock: WallClock,
): PlannedCall[] {
  const now = Math.floor(settings.now());
  // Each account has its own generator, so that its calls do not depend on those of the others.
  const random = new Random((seedOf(settings) + 1) * 2_654_435_761 + (VENDOR_IDS.indexOf(id) + 1) * 40_503);
  const label = settings.accounts[id][settings.accountIndex];
  const custom = settings.calls[id].filter(({ account = settings.accounts[id][0] }) => account === label);
  return setup.planCalls(
    {
      random,
      wallClock,
      roster: createRoster("example.com"),
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
    },
    custom,
  );
}
