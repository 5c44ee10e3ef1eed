import type { ConformanceCheck } from "./check.js";
import { contractChecks } from "./contract-checks.js";
import { limitsChecks } from "./limits-checks.js";
import { lookupChecks } from "./lookup-checks.js";
import { mappingChecks } from "./mapping-checks.js";
import { pagingChecks } from "./paging-checks.js";
import { requestChecks } from "./request-checks.js";
import { secretsChecks } from "./secrets-checks.js";
import type { ConformanceSubject } from "./subject.js";
import { classificationChecks } from "./classification-checks.js";

/** Returns every check that an adapter must pass, for use with any test framework. `testProvider` runs them in vitest. */
export function conformanceChecks(subject: ConformanceSubject): ConformanceCheck[] {
  return [
    contractChecks,
    requestChecks,
    limitsChecks,
    pagingChecks,
    classificationChecks,
    mappingChecks,
    lookupChecks,
    secretsChecks,
  ].flatMap((checks) => checks(subject));
}
