import type { ConformanceCheck } from "./check.js";
import { contractChecks } from "./contract-checks.js";
import { limitsChecks } from "./limits-checks.js";
import { lookupChecks } from "./lookup-checks.js";
import { mappingChecks } from "./mapping-checks.js";
import { pagingChecks } from "./paging-checks.js";
import { discoveryChecks } from "./discovery-checks.js";
import { downloadChecks } from "./download-checks.js";
import { pushChecks } from "./push-checks.js";
import { recordingChecks } from "./recording-checks.js";
import { requestChecks } from "./request-checks.js";
import { secretsChecks } from "./secrets-checks.js";
import { readInput } from "../read-input.js";
import type { ConformanceSubject } from "./subject.js";
import { subjectSchema } from "./subject-schema.js";
import { classificationChecks } from "./classification-checks.js";

/**
 * Returns every check that an adapter must pass, for use with any test framework. `testProvider` runs them in vitest.
 * @throws RangeError naming a field of the subject that is missing or breaks a rule.
 */
export function conformanceChecks(subject: ConformanceSubject): ConformanceCheck[] {
  readInput("conformanceChecks", subjectSchema, subject);
  return [
    contractChecks,
    requestChecks,
    limitsChecks,
    pagingChecks,
    classificationChecks,
    mappingChecks,
    lookupChecks,
    discoveryChecks,
    recordingChecks,
    downloadChecks,
    pushChecks,
    secretsChecks,
  ].flatMap((checks) => checks(subject));
}
