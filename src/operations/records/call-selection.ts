import type { CallRecord, Outcome } from "../../model/call-record.js";
import type { Agent } from "../../model/party.js";

/** The selection of calls by their fields. Null selects all calls. */
export interface CallSelection {
  outcomes: readonly Outcome[] | null;
  /** Ids or names. */
  agents: readonly string[] | null;
  /** Ids or names. */
  queues: readonly string[] | null;
  minTalkSeconds: number | null;
}

/** Whether a call has a selected outcome, agent and queue, and enough seconds of talk. A field that is null is not selected. */
export function isSelected(call: CallRecord, { outcomes, agents, queues, minTalkSeconds }: CallSelection): boolean {
  if (outcomes !== null && (call.outcome === null || !outcomes.includes(call.outcome))) return false;
  if (minTalkSeconds !== null && (call.talkSeconds === null || call.talkSeconds < minTalkSeconds)) return false;
  if (queues !== null && !isNamed(call.queue, queues)) return false;
  return (
    agents === null || [call.agent, ...call.legs.map(({ agent }) => agent)].some((agent) => isNamed(agent, agents))
  );
}

function isNamed(one: Pick<Agent, "id" | "name"> | null, names: readonly string[]): boolean {
  return one !== null && [one.id, one.name].some((name) => name !== null && names.includes(name));
}
