import type { Agent } from "../model/party.js";
import type { MappedCall } from "./mapped-call.js";

/** An agent of whom nothing is known. Add what the vendor provides. */
export const absentAgent: Readonly<Agent> = Object.freeze({
  id: null,
  name: null,
  email: null,
  phone: null,
  groupId: null,
  groupName: null,
});

/**
 * Returns the fields of a call that many vendors do not provide, as null or empty. An adapter begins `map` with them, and adds what its vendor provides.
 * Direction, kind, state, outcome and the start are not among them, because they follow from the rows of each vendor. Each call has new lists, so that a change
 * of one record does not change another.
 */
export function absentFields(): Omit<MappedCall, "id" | "direction" | "kind" | "state" | "outcome" | "startedAt"> {
  return {
    application: null,
    relatedIds: {},
    caller: null,
    callee: null,
    agent: null,
    queue: null,
    queuedAt: null,
    ringingAt: null,
    answeredAt: null,
    endedAt: null,
    ringSeconds: null,
    talkSeconds: null,
    ivrSeconds: null,
    hangup: null,
    legs: [],
    transferred: null,
    menuKeys: [],
    satisfaction: null,
    cost: null,
    recordings: [],
    tags: [],
    remark: null,
    customData: null,
    updatedAt: null,
  };
}
