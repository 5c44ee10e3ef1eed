import { ConfigurationError } from "../../index.js";
import { conformanceChecks } from "./checks.js";
import type { ConformanceSubject } from "./subject.js";

/** The two functions of a test framework that register tests, as in vitest, Jest and `node:test`. */
export interface TestRunner {
  /** Registers a group and runs its body synchronously. */
  describe: (name: string, body: () => void) => unknown;
  /** Registers a test, which fails if it throws or rejects. */
  it: (name: string, run: () => Promise<void> | void) => unknown;
}

/**
 * Registers the tests that every adapter must pass: contract, limits, paging, classification, mapping and secrets. Await it at the top of a test file.
 * @param runner default vitest's functions. With another runner, the tests are registered synchronously, so CommonJS can call it too.
 * @throws ConfigurationError when there is neither a runner nor vitest.
 */
export async function testProvider(subject: ConformanceSubject, runner?: TestRunner): Promise<void> {
  register(subject, runner ?? (await loadVitest()));
}

/** Loaded on demand, because users of the emulator alone do not need vitest. */
async function loadVitest(): Promise<TestRunner> {
  try {
    return await import("vitest");
  } catch {
    throw new ConfigurationError(
      "testProvider: vitest is not installed. Install it, or pass another framework's `describe` and `it` as the second argument.",
    );
  }
}

function register(subject: ConformanceSubject, { describe, it }: TestRunner): void {
  const { id, account } = subject.provider();
  const checks = conformanceChecks(subject);
  describe(`provider ${id} (account ${account})`, () => {
    for (const group of new Set(checks.map((check) => check.group))) {
      describe(group, () => {
        for (const check of checks) if (check.group === group) it(check.name, check.run);
      });
    }
  });
}
