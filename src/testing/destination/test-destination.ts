import { readInput } from "../read-input.js";
import { assertRunner, loadVitest, type TestRunner } from "../test-runner.js";
import { destinationChecks } from "./destination-checks.js";
import type { DestinationSubject } from "./subject.js";
import { destinationSubjectSchema } from "./subject-schema.js";

/**
 * Registers the tests that every destination must pass: atomic writes, leases, updates, keys and hostile text. Await it at the top of a test file.
 * @param runner default vitest's functions. With another runner, the tests are registered synchronously, so CommonJS can call it too.
 * @example
 * await testDestination({ create: () => myDestination(database), read: () => readCalls(database), expireLease: () => deleteLeases(database) });
 * @throws RangeError naming a function of the subject that is missing; ConfigurationError when there is neither a runner nor vitest.
 */
export async function testDestination(subject: DestinationSubject, runner?: TestRunner): Promise<void> {
  readInput("testDestination", destinationSubjectSchema, subject);
  assertRunner("testDestination", runner);
  const { describe, it } = runner ?? (await loadVitest("testDestination"));
  describe("a destination", () => {
    for (const { name, run } of destinationChecks(subject)) it(name, run);
  });
}
