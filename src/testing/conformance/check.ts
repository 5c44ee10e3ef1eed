import assert from "node:assert/strict";
import type { Operations } from "../../adapter.js";
import type { ConformanceSubject } from "./subject.js";

/** The subject of a check. */
export type ConformanceGroup =
  | "contract"
  | "limits"
  | "paging"
  | "classification"
  | "mapping"
  | "discoverPartitions"
  | "recordings"
  | "pushes"
  | "secrets";

/** A rule for adapters. It is independent of test frameworks: it fails by throwing. */
export interface ConformanceCheck {
  /** The group. The checks of one group are consecutive. */
  group: ConformanceGroup;
  /** The rule, which is the name of its test. */
  name: string;
  /** @throws AssertionError that states which rule is broken and what to change. */
  run: () => Promise<void> | void;
}

/**
 * Returns the function that makes the checks of an operation that an adapter may have, with its example.
 * @param example the field of `examples`, for messages.
 */
export function checksOf<Name extends ConformanceGroup & keyof Operations, Example>(
  name: Name,
  make: ConformanceSubject["provider"],
  example: string,
  value: Example,
) {
  const check = checkOf(name);
  return (rule: string, run: (operation: NonNullable<Operations[Name]>, example: Example) => void) =>
    check(rule, () => {
      const operation = make().operations[name];
      assert.ok(operation !== undefined, `\`examples.${example}\` is given, but the provider has no \`${name}\``);
      run(operation, value);
    });
}

/** Returns the function that makes the checks of a group. @param prefix precedes each rule. */
export function checkOf(group: ConformanceGroup, prefix = "") {
  return (rule: string, run: ConformanceCheck["run"]): ConformanceCheck => ({ group, name: `${prefix}${rule}`, run });
}
