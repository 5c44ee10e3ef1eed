import assert from "node:assert/strict";
import type { FoundCall } from "../../index.js";

/** Asserts that the fields of a valid record agree with each other. */
export function assertFieldsAgree(call: FoundCall, what: string): void {
  const { direction, caller, callee, customer, line, queue, legs, transferred, menuKeys, satisfaction } = call;
  const isInbound = direction === "inbound";
  const hasSides = isInbound || direction === "outbound";
  assert.deepEqual(
    { customer, line },
    hasSides
      ? { customer: isInbound ? caller : callee, line: isInbound ? callee : caller }
      : { customer: null, line: null },
    `${what}: \`customer\` and \`line\` must be the caller and the callee by side, and null for the direction ${direction}`,
  );
  assert.notDeepEqual(
    queue,
    { id: null, name: null },
    `${what}: \`queue\` must be null if neither its id nor its name is known`,
  );
  const hasTransfer = legs.some((leg) => leg.transferredFrom !== null || leg.transferredTo !== null);
  assert.ok(
    !hasTransfer || transferred === true,
    `${what}: \`transferred\` must be true, because a leg names the participant of a transfer`,
  );
  const keys = [...menuKeys, ...(satisfaction === null ? [] : [satisfaction])].map(({ key }) => key);
  assert.ok(
    keys.every((key) => key !== ""),
    `${what}: \`menuKeys\` and \`satisfaction\` must not contain an entry without a key`,
  );
}
