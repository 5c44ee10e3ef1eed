import { conformanceChecks } from "./checks.js";
import { readInput } from "../read-input.js";
import { assertRunner, loadVitest, type TestRunner } from "../test-runner.js";
import type { ConformanceSubject } from "./subject.js";
import { subjectSchema } from "./subject-schema.js";

/**
 * Registers the tests that every adapter must pass: contract, limits, paging, classification, mapping and secrets. Await it at the top of a test file.
 * @param runner default vitest's functions. With another runner, the tests are registered synchronously, so CommonJS can call it too.
 * @throws RangeError naming a field of the subject that is missing or breaks a rule; ConfigurationError when there is neither a runner nor vitest.
 */
export async function testProvider(subject: ConformanceSubject, runner?: TestRunner): Promise<void> {
  readInput("testProvider", subjectSchema, subject);
  assertRunner("testProvider", runner);
  register(subject, runner ?? (await loadVitest("testProvider")));
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
