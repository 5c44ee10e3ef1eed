import { ConfigurationError } from "../../index.js";
import { conformanceChecks } from "./checks.js";
import type { ConformanceSubject } from "./subject.js";

/** The two functions that a test framework registers tests with: vitest's, Jest's and `node:test`'s are all like this. */
export interface TestRunner {
  /** Registers a group, whose body is run at once. */
  describe: (name: string, body: () => void) => unknown;
  /** Registers a test, which fails by throwing or rejecting. */
  it: (name: string, run: () => Promise<void> | void) => unknown;
}

/**
 * Registers the tests that any adapter must pass: its contract, its limits, its paging, its verdicts, its mapping and its secrets. To be awaited
 * at the top of a test file.
 * @param runner default vitest's functions. With one of your own nothing is waited for, so that it can be called from CommonJS too.
 * @throws ConfigurationError when there is neither a runner nor vitest.
 */
export async function testProvider(subject: ConformanceSubject, runner?: TestRunner): Promise<void> {
  register(subject, runner ?? (await loadVitest()));
}

/** Loaded only here: whoever uses the emulator alone needs no vitest. */
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
